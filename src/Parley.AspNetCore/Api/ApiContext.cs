using Parley.AspNetCore.Api.Messages;

namespace Parley.AspNetCore.Api;

/// <summary>What a method has to work with.</summary>
/// <param name="Parley">The engine.</param>
/// <param name="Body">The bytes that the request was read from.</param>
/// <param name="Executor">Carries out commands of a batch.</param>
/// <param name="CancellationToken">Ends when the caller goes away.</param>
internal sealed record ApiContext(IParley Parley, ReadOnlyMemory<byte> Body, ApiExecutor Executor, CancellationToken CancellationToken)
{
    // The last second that .NET knows, which also catches milliseconds given by mistake.
    private const long LastSecond = 253_402_300_799;

    /// <summary>A payload given as JSON in one member or as base64 in another; empty when it is in neither.</summary>
    public ReadOnlyMemory<byte> Payload(JsonSlice json, string? base64, string name)
    {
        if (string.IsNullOrEmpty(base64))
            return json.IsAbsent ? default : json.Of(Body);
        // A client that always writes both members says null in the one it does not use.
        if (!json.IsAbsent && !json.Of(Body).Span.SequenceEqual("null"u8))
            throw Refusal.BadRequest($"{name} and b64{name} cannot both be given");
        try
        {
            return Convert.FromBase64String(base64);
        }
        catch (FormatException)
        {
            throw Refusal.BadRequest($"b64{name} is not base64");
        }
    }

    public static string Required(string? value, string name) =>
        string.IsNullOrEmpty(value) ? throw Refusal.BadRequest($"{name} is required") : value;

    public static DateTimeOffset? Time(long? seconds, string name) => seconds switch
    {
        null or 0 => null,
        > 0 and <= LastSecond => DateTimeOffset.FromUnixTimeSeconds(seconds.Value),
        _ => throw Refusal.BadRequest($"{name} is not a time in seconds"),
    };

    public static StreamPosition? Position(PositionMessage? position) =>
        position is null ? null : new StreamPosition(position.Offset ?? 0, position.Epoch ?? "");

    public static SessionSelector Sessions(ApiSessionRequest request)
    {
        string? client = NullIfEmpty(request.Client), session = NullIfEmpty(request.Session);
        if (string.IsNullOrEmpty(request.User) && client is null && session is null)
            throw Refusal.BadRequest("user is required, or client, or session");
        return new SessionSelector(request.User ?? "", client, session);
    }

    public static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
