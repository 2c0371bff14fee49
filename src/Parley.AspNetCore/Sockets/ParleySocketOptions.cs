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

    /// <summary>
    /// Paths, such as <c>/api/publish</c>, whose POST requests are handled by the thread that waits for the sockets, which saves the way to
    /// another one and back. Default none.
    /// </summary>
    /// <remarks>
    /// Meant for the API of Parley, which waits for nothing without giving the thread back. The application's middleware in front of it, which
    /// runs on that thread too, must not block: one that does holds up all sockets of its thread. Other requests, also on the same connection, go to
    /// the thread pool as ever, and so do these when they do not come whole: bodies that go on behind the first 4 KiB, encrypted ones, HTTP/2. Paths are
    /// compared exactly.
    /// </remarks>
    public IList<string> InlinePaths { get; } = [];

    /// <summary>Sends of one round from which on they are one call. Measured: with fewer, it gains nothing.</summary>
    internal int MinSendsTogether { get; set; } = 4;
}
