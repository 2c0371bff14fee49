namespace Parley.Sessions;

/// <summary>What a client brings to connect.</summary>
internal sealed record ConnectRequest
{
    /// <summary>Connection token; empty: none.</summary>
    public string Token { get; init; } = "";

    /// <summary>User that the host authenticated (cookie, header); null: none. A token goes before it.</summary>
    public string? AuthenticatedUser { get; init; }

    /// <summary>When the host's authentication ends; null: it does not say.</summary>
    public DateTimeOffset? AuthenticatedUntil { get; init; }

    /// <summary>Channels that the client asks for or wants to recover, with their positions; null position: not recovering.</summary>
    public IReadOnlyDictionary<string, StreamPosition?> Subscriptions { get; init; } = new Dictionary<string, StreamPosition?>();

    /// <summary>Whether its subscriptions are to be recoverable also where that is only allowed (AllowRecovery), not forced.</summary>
    public bool WantsRecovery { get; init; }
}
