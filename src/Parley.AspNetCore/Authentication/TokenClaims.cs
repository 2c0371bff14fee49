using System.Text.Json;
using Parley.Authentication;

namespace Parley.AspNetCore.Authentication;

/// <summary>What the claims of a token say. Source: Centrifuge protocol v2, authentication.</summary>
internal static class TokenClaims
{
    /// <exception cref="InvalidTokenException">The claims are not those of a connection token.</exception>
    public static ConnectionToken ReadConnection(JsonElement claims)
    {
        // A token for one channel must not open a connection, which may do more.
        if (claims.TryGet("channel", out _))
            throw new InvalidTokenException("claim channel, which a connection token does not have");
        return new ConnectionToken
        {
            User = claims.GetText("sub") ?? "",
            ExpireAt = ReadExpiry(claims),
            Info = claims.GetPayload("info", "b64info"),
            Subscriptions = ReadSubscriptions(claims),
            Meta = claims.GetJson("meta"),
        };
    }

    /// <exception cref="InvalidTokenException">The claims are not those of a subscription token.</exception>
    public static SubscriptionToken ReadSubscription(JsonElement claims) => new()
    {
        User = claims.GetText("sub") ?? "",
        Channel = claims.GetText("channel") is { Length: > 0 } channel ? channel : throw new InvalidTokenException("claim channel, which is missing"),
        Client = claims.GetText("client") is { Length: > 0 } client ? client : null,
        Grant = ReadGrant(claims) with { ExpireAt = ReadExpiry(claims) },
    };

    // `expire_at` speaks of the connection or subscription and wins over `exp`, which then only bounds the use of the token.
    private static DateTimeOffset? ReadExpiry(JsonElement claims)
    {
        if (claims.GetTime("expire_at") is not { } expireAt)
            return claims.GetTime("exp");
        return expireAt == DateTimeOffset.UnixEpoch ? null : expireAt;
    }

    private static Dictionary<string, SubscriptionGrant> ReadSubscriptions(JsonElement claims)
    {
        var grants = new Dictionary<string, SubscriptionGrant>(StringComparer.Ordinal);
        foreach (var channel in claims.GetTexts("channels"))
            grants[Named(channel, "channels")] = SubscriptionGrant.Default;
        if (claims.GetObject("subs") is { } subscriptions)
        {
            foreach (var subscription in subscriptions.EnumerateObject())
            {
                grants[Named(subscription.Name, "subs")] = subscription.Value.ValueKind switch
                {
                    JsonValueKind.Object => ReadGrant(subscription.Value),
                    JsonValueKind.Null => SubscriptionGrant.Default,
                    _ => throw new InvalidTokenException("claim subs"),
                };
            }
        }

        return grants;
    }

    private static SubscriptionGrant ReadGrant(JsonElement grant)
    {
        // Ignored like any unknown claim it would let the client see what the application wanted to keep from it.
        if (grant.TryGet("server_tags_filter", out _))
            throw new InvalidTokenException("claim server_tags_filter, which is not available");
        var result = new SubscriptionGrant { Info = grant.GetPayload("info", "b64info"), Data = grant.GetPayload("data", "b64data") };
        if (grant.GetObject("override") is not { } options)
            return result;
        return result with
        {
            Presence = ReadOverride(options, "presence"),
            JoinLeave = ReadOverride(options, "join_leave"),
            ForcePushJoinLeave = ReadOverride(options, "force_push_join_leave"),
            ForcePositioning = ReadOverride(options, "force_positioning"),
            ForceRecovery = ReadOverride(options, "force_recovery"),
        };
    }

    // {"value": true}; an empty object says false, as in Protobuf.
    private static bool? ReadOverride(JsonElement options, string name) =>
        options.GetObject(name) is { } option ? option.GetFlag("value") ?? false : null;

    private static string Named(string channel, string claim) =>
        channel.Length > 0 ? channel : throw new InvalidTokenException($"claim {claim}, which has an empty name");
}
