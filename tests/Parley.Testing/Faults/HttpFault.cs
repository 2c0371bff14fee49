namespace Parley.Testing.Faults;

/// <summary>What a network does to one request.</summary>
public enum HttpFault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The server never sees it, and the client's connection breaks.</summary>
    CutBefore,

    /// <summary>The server works it through, and the client's connection breaks before any of the answer.</summary>
    CutAfter,

    /// <summary>The answer breaks off in its middle; a stream after some of it.</summary>
    CutInside,

    /// <summary>The server gets it twice, and the client the first answer.</summary>
    Double,

    /// <summary>The server gets it twice at the same time.</summary>
    DoubleAtOnce,

    /// <summary>It arrives late.</summary>
    Delay,

    /// <summary>It is held until another request has passed, at most for a while.</summary>
    Overtaken,
}
