namespace Parley.AspNetCore.Transports.LongPolling;

/// <summary>What became of commands.</summary>
internal enum TakeStatus
{
    /// <summary>They run, or have run already, once and in order.</summary>
    Taken,

    /// <summary>Others before them did not arrive.</summary>
    Gap,

    /// <summary>Too many wait for their turn.</summary>
    Busy,

    /// <summary>The session is closed and takes nothing more.</summary>
    Closed,
}
