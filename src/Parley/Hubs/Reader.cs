namespace Parley.Hubs;

/// <summary>How far a subscription has read its channel. Guarded by the lock of the channel.</summary>
/// <remarks>A part of its subscription rather than an object: a delivery touches it once per subscriber.</remarks>
internal struct Reader()
{
    /// <summary>Place in the channel's array; -1 when it is not there.</summary>
    public int Index = -1;

    public ReaderState State;

    /// <summary>Whether the channel counts it among those whose position it checks.</summary>
    public bool IsWatched;

    public StreamPosition Position = StreamPosition.None;

    /// <summary>What arrived before the reply that begins the subscription was written.</summary>
    public List<PublicationFrames>? Held;

    public int HeldBytes;
}

/// <summary>What a subscription does with a publication.</summary>
internal enum ReaderState : byte
{
    /// <summary>Holds it until the client knows of the subscription.</summary>
    Holding,

    /// <summary>Sends it.</summary>
    Live,

    /// <summary>Drops it: the subscription is over.</summary>
    Ended,
}
