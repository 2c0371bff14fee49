namespace Parley.Specifications.Brokers.Consistency;

/// <summary>What may not happen in a channel with history.</summary>
public enum StreamRule
{
    /// <summary>Something was seen that nobody published.</summary>
    Phantom,

    /// <summary>One position stands for two publications.</summary>
    Fork,

    /// <summary>One publication stands at two positions.</summary>
    Double,

    /// <summary>A reader that was there all the time did not hear a publication between two others.</summary>
    Gap,

    /// <summary>A reader heard a position again, or after a later one.</summary>
    Repeat,

    /// <summary>A publication that was called after another one had been answered got a position before it.</summary>
    TimeOrder,

    /// <summary>An epoch came back after another one.</summary>
    EpochReuse,

    /// <summary>An answered publication is missing in a history that should still hold it.</summary>
    LostAck,

    /// <summary>In the end the reader has not heard the newest publication.</summary>
    Stale,
}
