namespace Parley.Sessions;

/// <summary>What a client is told about a subscription that began.</summary>
internal sealed record SubscribeResult
{
    /// <summary>Stands for a result that its client has been told.</summary>
    public static readonly SubscribeResult Told = new();

    public bool IsPositioned { get; init; }

    public bool IsRecoverable { get; init; }

    /// <summary>Where the client stands: the top of the stream, or after a successful recovery the position it asked from.</summary>
    public StreamPosition Position { get; init; } = StreamPosition.None;

    public bool WasRecovering { get; init; }

    public bool Recovered { get; init; }

    /// <summary>What was missed, oldest first.</summary>
    public IReadOnlyList<Publication> Publications { get; init; } = [];

    /// <summary>Whether other sessions of this node are in the channel, too, who may have missed the same.</summary>
    public bool IsShared { get; init; }

    /// <summary>Whether the client itself must refresh the subscription.</summary>
    public bool Expires { get; init; }

    /// <summary>Seconds until it expires.</summary>
    public uint Ttl { get; init; }

    public ReadOnlyMemory<byte> Data { get; init; }
}
