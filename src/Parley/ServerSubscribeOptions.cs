namespace Parley;

/// <summary>A subscription that the server makes for a client. Null: as the namespace says.</summary>
public sealed record ServerSubscribeOptions
{
    /// <summary>Channel info that other clients see.</summary>
    public ReadOnlyMemory<byte> Info { get; init; }

    /// <summary>Sent to the client with the subscription.</summary>
    public ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>When the subscription ends; null: never.</summary>
    public DateTimeOffset? ExpireAt { get; init; }

    /// <summary>Send what was published after this position.</summary>
    public StreamPosition? RecoverSince { get; init; }

    /// <summary>Overrides presence of the namespace.</summary>
    public bool? Presence { get; init; }

    /// <summary>Overrides whether this client's join and leave are told.</summary>
    public bool? JoinLeave { get; init; }

    /// <summary>Overrides whether this client gets join and leave.</summary>
    public bool? ForcePushJoinLeave { get; init; }

    /// <summary>Overrides whether the subscription is watched for gaps.</summary>
    public bool? ForcePositioning { get; init; }

    /// <summary>Overrides whether the subscription is recoverable.</summary>
    public bool? ForceRecovery { get; init; }
}
