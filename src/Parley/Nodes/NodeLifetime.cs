using Microsoft.Extensions.Logging;
using Parley.Sessions;

namespace Parley.Nodes;

/// <summary>Starts a node and stops it in order.</summary>
internal sealed partial class NodeLifetime(Node node, INodeBus bus, INodeRequestHandler handler)
{
    private static readonly TimeSpan TimePerSession = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LeaseRenewal = TimeSpan.FromSeconds(10);

    private ITimer? _heartbeat;

    /// <summary>Starts broker and bus; clients may come when it returns.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await node.Broker.StartAsync(node.Hub, cancellationToken);
        await bus.StartAsync(node.Uid, handler, cancellationToken);
        _heartbeat = node.Time.CreateTimer(static node => _ = RenewLeaseAsync((Node)node!), node, LeaseRenewal, LeaseRenewal);
    }

    /// <summary>Closes the sessions with 3001, spread over the drain window. No new ones must come any more.</summary>
    /// <param name="cancellationToken">The deadline: what is left is closed at once.</param>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        var sessions = node.Hub.Sessions.All.ToArray();
        if (sessions.Length > 0)
            await DrainAsync(sessions, cancellationToken);
        _heartbeat?.Dispose();
    }

    private async Task DrainAsync(Session[] sessions, CancellationToken cancellationToken)
    {
        LogDraining(node.Logger, sessions.Length);
        var window = TimePerSession * sessions.Length;
        if (window > node.Clients.DrainWindow)
            window = node.Clients.DrainWindow;
        const int Slices = 50;
        var perSlice = (sessions.Length + Slices - 1) / Slices;
        foreach (var slice in sessions.Chunk(perSlice))
        {
            foreach (var session in slice)
                session.Disconnect(DisconnectReason.Shutdown);
            if (!cancellationToken.IsCancellationRequested)
                await Task.Delay(window / Slices, node.Time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        // Those that connected while the others were closed.
        foreach (var session in node.Hub.Sessions.All)
            session.Disconnect(DisconnectReason.Shutdown);
    }

    private static async Task RenewLeaseAsync(Node node)
    {
        try
        {
            await node.Presence.HeartbeatAsync();
        }
        catch (Exception exception)
        {
            // The next renewal comes soon, well within the lease.
            LogLeaseNotRenewed(node.Logger, exception);
        }
    }

    [LoggerMessage(EventId = 120, Level = LogLevel.Information, Message = "Closing {Count} sessions")]
    private static partial void LogDraining(ILogger logger, int count);

    [LoggerMessage(EventId = 121, Level = LogLevel.Warning, Message = "The lease of this node's presence was not renewed")]
    private static partial void LogLeaseNotRenewed(ILogger logger, Exception exception);
}
