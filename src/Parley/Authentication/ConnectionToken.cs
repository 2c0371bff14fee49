namespace Parley.Authentication;

/// <summary>What a connection token says.</summary>
internal sealed record ConnectionToken
{
    /// <summary>User id; empty for an anonymous one.</summary>
    public required string User { get; init; }

    /// <summary>When the connection ends unless refreshed (<c>expire_at</c>, else <c>exp</c>); null: never.</summary>
    public DateTimeOffset? ExpireAt { get; init; }

    /// <summary>Connection info that other clients see (<c>info</c> or <c>b64info</c>).</summary>
    public ReadOnlyMemory<byte> Info { get; init; }

    /// <summary>Server-side subscriptions (<c>channels</c> and <c>subs</c>).</summary>
    public IReadOnlyDictionary<string, SubscriptionGrant> Subscriptions { get; init; } =
        new Dictionary<string, SubscriptionGrant>();

    /// <summary>Data for the application's callbacks, never sent to clients.</summary>
    public ReadOnlyMemory<byte> Meta { get; init; }
}
