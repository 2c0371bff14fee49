namespace Parley.Client;

/// <summary>The subscription began, or was interrupted and will be back by itself.</summary>
/// <param name="Code">One of <see cref="SubscribingCodes"/>, or the server's unsubscribe code.</param>
/// <param name="Reason">For people.</param>
public sealed record SubscribingEventArgs(uint Code, string Reason);

/// <summary>The subscription is live.</summary>
public sealed record SubscribedEventArgs
{
    /// <summary>The client had a position and asked for what was published since.</summary>
    public bool WasRecovering { get; init; }

    /// <summary>
    /// All that was missed follows as publications. When <see cref="WasRecovering"/> is true and this is false, publications were
    /// missed that the server no longer has: load the state anew.
    /// </summary>
    public bool Recovered { get; init; }

    /// <summary>Whether the client will recover by itself after an interruption.</summary>
    public bool IsRecoverable { get; init; }

    /// <summary>Whether the server watches that no publication is skipped.</summary>
    public bool IsPositioned { get; init; }

    /// <summary>
    /// Where the subscription stands before the publications that follow; null when the channel tells no position.
    /// </summary>
    public StreamPosition? Position { get; init; }

    /// <summary>From the application; empty when nothing.</summary>
    public ReadOnlyMemory<byte> Data { get; init; }
}

/// <summary>The subscription ended: it begins again only when told to.</summary>
/// <param name="Code">One of <see cref="UnsubscribedCodes"/>, or the server's error or unsubscribe code.</param>
/// <param name="Reason">For people.</param>
public sealed record UnsubscribedEventArgs(uint Code, string Reason);
