using System.Runtime.InteropServices;
using System.Text.Json;

namespace Parley.AspNetCore.Authentication;

/// <summary>Reads claims by type. A claim that is absent or null has no value; one of another type makes the token invalid.</summary>
internal static class ClaimReading
{
    // Times are seconds since 1970 (RFC 7519 section 2). The last second that .NET knows also catches milliseconds given by mistake.
    private const double LastSecond = 253_402_300_799;

    public static bool TryGet(this JsonElement claims, string name, out JsonElement claim) =>
        claims.TryGetProperty(name, out claim) && claim.ValueKind != JsonValueKind.Null;

    public static string? GetText(this JsonElement claims, string name)
    {
        if (!claims.TryGet(name, out var claim))
            return null;
        return claim.ValueKind == JsonValueKind.String ? claim.GetString() : throw Wrong(name);
    }

    public static bool? GetFlag(this JsonElement claims, string name)
    {
        if (!claims.TryGet(name, out var claim))
            return null;
        return claim.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw Wrong(name),
        };
    }

    public static DateTimeOffset? GetTime(this JsonElement claims, string name)
    {
        if (!claims.TryGet(name, out var claim))
            return null;
        if (claim.ValueKind != JsonValueKind.Number || !claim.TryGetDouble(out var seconds) || seconds is not (>= 0 and <= LastSecond))
            throw Wrong(name);
        return DateTimeOffset.FromUnixTimeMilliseconds((long)(seconds * 1000));
    }

    public static IReadOnlyList<string> GetTexts(this JsonElement claims, string name)
    {
        if (!claims.TryGet(name, out var claim))
            return [];
        if (claim.ValueKind != JsonValueKind.Array)
            throw Wrong(name);
        return [.. claim.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.String ? item.GetString()! : throw Wrong(name))];
    }

    public static JsonElement? GetObject(this JsonElement claims, string name)
    {
        if (!claims.TryGet(name, out var claim))
            return null;
        return claim.ValueKind == JsonValueKind.Object ? claim : throw Wrong(name);
    }

    /// <summary>Any JSON value, byte for byte as the token has it.</summary>
    public static ReadOnlyMemory<byte> GetJson(this JsonElement claims, string name) =>
        claims.TryGet(name, out var claim) ? JsonMarshal.GetRawUtf8Value(claim).ToArray() : default;

    /// <summary>A payload given as JSON in one claim or as base64 in another.</summary>
    public static ReadOnlyMemory<byte> GetPayload(this JsonElement claims, string name, string base64Name)
    {
        var json = claims.GetJson(name);
        if (claims.GetText(base64Name) is not { Length: > 0 } base64)
            return json;
        if (!json.IsEmpty)
            throw new InvalidTokenException($"claims {name} and {base64Name}, of which one may be given");
        try
        {
            return Convert.FromBase64String(base64);
        }
        catch (FormatException)
        {
            throw Wrong(base64Name);
        }
    }

    private static InvalidTokenException Wrong(string name) => new($"claim {name}");
}
