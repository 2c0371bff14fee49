namespace Parley.AspNetCore;

/// <summary>What Parley's sockets do.</summary>
public sealed class ParleySocketOptions
{
    /// <summary>
    /// Whether what many connections have to be sent is handed to the system in one call (io_uring), which takes a fifth to a third off a fan-out.
    /// Default true. No effect where the system has no io_uring, forbids it, as many containers do, or is older than Linux 5.17: then each
    /// connection is a call, as it is with false.
    /// </summary>
    public bool UseIoUring { get; set; } = true;

    /// <summary>Sends of one round from which on they are one call. Measured: with fewer, it gains nothing.</summary>
    internal int MinSendsTogether { get; set; } = 4;
}
