namespace Parley.Hubs;

/// <summary>How far a subscription has read its channel. Guarded by the lock of the channel.</summary>
internal sealed class Reader
{
    /// <summary>Place in the channel's array; -1 when it is not there.</summary>
    public int Index { get; set; } = -1;

    public ReaderState State { get; set; }

    /// <summary>Whether the channel counts it among those whose position it checks.</summary>
    public bool IsWatched { get; set; }

    public StreamPosition Position { get; set; } = StreamPosition.None;

    /// <summary>What arrived before the reply that begins the subscription was written.</summary>
    public List<PublicationFrames>? Held { get; set; }

    public int HeldBytes { get; set; }
}

/// <summary>What a subscription does with a publication.</summary>
internal enum ReaderState
{
    /// <summary>Holds it until the client knows of the subscription.</summary>
    Holding,

    /// <summary>Sends it.</summary>
    Live,

    /// <summary>Drops it: the subscription is over.</summary>
    Ended,
}
