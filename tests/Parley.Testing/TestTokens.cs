using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Parley.Testing;

/// <summary>Signs tokens as a backend in any language would, by the RFCs and not by the code under test.</summary>
/// <param name="secret">Shared with the server.</param>
public sealed class TestTokens(string secret)
{
    /// <summary>A token to connect with.</summary>
    /// <param name="user">Claim <c>sub</c>.</param>
    /// <param name="lifetime">Until claim <c>exp</c>; may be negative. Null: one hour.</param>
    /// <param name="claims">Further claims.</param>
    public string Connection(string user, TimeSpan? lifetime = null, JsonObject? claims = null) => Sign(Common(user, lifetime, claims));

    /// <summary>A token to subscribe to a channel with.</summary>
    /// <param name="user">Claim <c>sub</c>, as in the connection token.</param>
    /// <param name="channel">Claim <c>channel</c>.</param>
    /// <param name="lifetime">Until claim <c>exp</c>; may be negative. Null: one hour.</param>
    /// <param name="claims">Further claims.</param>
    public string Subscription(string user, string channel, TimeSpan? lifetime = null, JsonObject? claims = null)
    {
        var all = Common(user, lifetime, claims);
        all["channel"] = channel;
        return Sign(all);
    }

    /// <summary>Signs any claims with HS256.</summary>
    /// <param name="claims">The payload.</param>
    /// <param name="algorithm">What the header says, right or wrong.</param>
    public string Sign(JsonObject claims, string algorithm = "HS256")
    {
        var header = new JsonObject { ["typ"] = "JWT", ["alg"] = algorithm };
        var signed = $"{Encode(header)}.{Encode(claims)}";
        var signature = HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.ASCII.GetBytes(signed));
        return $"{signed}.{Base64Url.EncodeToString(signature)}";
    }

    private static JsonObject Common(string user, TimeSpan? lifetime, JsonObject? claims)
    {
        var all = claims?.DeepClone().AsObject() ?? [];
        all["sub"] = user;
        all["exp"] = DateTimeOffset.UtcNow.Add(lifetime ?? TimeSpan.FromHours(1)).ToUnixTimeSeconds();
        return all;
    }

    private static string Encode(JsonObject part) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(part.ToJsonString()));
}
