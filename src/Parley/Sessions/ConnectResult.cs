namespace Parley.Sessions;

/// <summary>What a client is told when it is connected.</summary>
internal sealed record ConnectResult
{
    /// <summary>Id of the session.</summary>
    public required string Client { get; init; }

    /// <summary>Whether the client itself must refresh the connection.</summary>
    public bool Expires { get; init; }

    /// <summary>Seconds until it expires.</summary>
    public uint Ttl { get; init; }

    /// <summary>Seconds between pings.</summary>
    public required uint PingSeconds { get; init; }

    /// <summary>Server-side subscriptions by channel.</summary>
    public IReadOnlyDictionary<string, SubscribeResult> Subscriptions { get; init; } = new Dictionary<string, SubscribeResult>();
}
