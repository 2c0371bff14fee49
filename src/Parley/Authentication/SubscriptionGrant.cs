namespace Parley.Authentication;

/// <summary>What the application decided about one subscription. Null: as the namespace says.</summary>
internal sealed record SubscriptionGrant
{
    public static readonly SubscriptionGrant Default = new();

    /// <summary>Channel info that other clients see.</summary>
    public ReadOnlyMemory<byte> Info { get; init; }

    /// <summary>Sent to the client with the subscribe result.</summary>
    public ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>When the subscription ends unless refreshed; null: never.</summary>
    public DateTimeOffset? ExpireAt { get; init; }

    /// <summary>A position to recover from (API <c>subscribe</c> with <c>recover_since</c>).</summary>
    public StreamPosition? RecoverSince { get; init; }

    public bool? Presence { get; init; }

    public bool? JoinLeave { get; init; }

    public bool? ForcePushJoinLeave { get; init; }

    public bool? ForcePositioning { get; init; }

    public bool? ForceRecovery { get; init; }
}
