namespace Parley.AspNetCore.Transports.Streams;

/// <summary>What becomes of a message that came beside a stream.</summary>
internal enum Turn
{
    /// <summary>It is handed over now.</summary>
    Given,

    /// <summary>It was handed over before: the network has doubled its request.</summary>
    Repeated,

    /// <summary>Commands behind it were handed over before it came.</summary>
    TooLate,

    /// <summary>Another message had its numbers.</summary>
    NumberUsed,

    /// <summary>The connection has ended.</summary>
    Over,
}
