using Microsoft.Extensions.Hosting;
using Parley.Brokers;
using Parley.Nodes;

namespace Parley.AspNetCore.Transports.Forwarding;

/// <summary>Takes requests of clients whose session is on another node to that node.</summary>
/// <remarks>
/// What a stranger can send wrong is refused before it gets here, but for the session's secret, which only its node can judge. So what is
/// on its way is bounded.
/// </remarks>
internal sealed class NodeForwarder(INodeBus bus, IHostApplicationLifetime application)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);
    private static readonly Refusal Full = Refusal.Unavailable("Too many requests are on their way to other nodes.", RetryAfter);
    private static readonly Refusal Unreachable = Refusal.Unavailable("Other nodes cannot be reached now.", RetryAfter);

    private readonly Lock _gate = new();
    private int _holds;
    private int _requests;
    private long _bytes;

    /// <summary>What a request gets that would be held where the host is about to stop.</summary>
    public static Refusal IsStopping { get; } = Refusal.Unavailable("The server is stopping.", RetryAfter);

    /// <summary>
    /// Polls that may be held on other nodes at once, one for each session of long polling that is there. Default 20,000: one costs 2 KiB or so.
    /// </summary>
    public int MaxHolds { get; init; } = 20_000;

    /// <summary>
    /// Other requests that may be on their way at once. Default 10,000. They are counted apart, so that commands get through however many
    /// polls are held.
    /// </summary>
    public int MaxRequests { get; init; } = 10_000;

    /// <summary>Bytes of clients' messages that may be on their way at once. Default 64 MiB. A message that is alone may always go.</summary>
    public long MaxBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Ends holds, so that the web server need not wait for them.</summary>
    public CancellationToken Stopping => application.ApplicationStopping;

    /// <summary>Asks a node.</summary>
    /// <param name="node">As the client names it; of the form of a node's id.</param>
    /// <param name="request">What it asks for.</param>
    /// <param name="unknown">What the client gets where no such node answers.</param>
    /// <param name="cancellationToken">Nobody waits for the answer any more.</param>
    /// <returns>The node's answer, or why there is none.</returns>
    public async ValueTask<(NodeAnswer? Answer, Refusal? Refusal)> AskAsync(
        string node, NodeRequest.Transport request, Refusal unknown, CancellationToken cancellationToken)
    {
        var isHold = request.Body.IsEmpty && request.Hold > TimeSpan.Zero;
        if (!TryEnter(isHold, request.Body.Length)) return (null, Full);
        try
        {
            // A node that could not do it, as one of another version, is as good as none: the client starts anew and recovers.
            return await bus.AskAsync(node, request, cancellationToken) is { Error: null } answer ? (answer, null) : (null, unknown);
        }
        catch (BrokerUnavailableException)
        {
            return (null, Unreachable);
        }
        finally
        {
            Leave(isHold, request.Body.Length);
        }
    }

    private bool TryEnter(bool isHold, int bytes)
    {
        lock (_gate)
        {
            if (isHold ? _holds >= MaxHolds : _requests >= MaxRequests) return false;
            if (_bytes > 0 && _bytes + bytes > MaxBytes) return false;

            Count(isHold, 1, bytes);
            return true;
        }
    }

    private void Leave(bool isHold, int bytes)
    {
        lock (_gate)
            Count(isHold, -1, -bytes);
    }

    private void Count(bool isHold, int requests, long bytes)
    {
        (isHold ? ref _holds : ref _requests) += requests;
        _bytes += bytes;
    }
}
