using System.Buffers;
using Microsoft.Extensions.Logging;
using Parley.Timing;

namespace Parley.AspNetCore.Transports.WebSockets;

/// <summary>What all connections of an endpoint share, so that each holds one reference.</summary>
internal sealed record WebSocketSettings
{
    /// <summary>Largest message of a client.</summary>
    public required int MaxMessageBytes { get; init; }

    /// <summary>Bytes that may wait for one client, beyond what the host's own write buffer holds.</summary>
    public required int MaxQueuedBytes { get; init; }

    /// <summary>Time for what is queued, our close frame and the client's answer, before the link is cut. Default 5 seconds.</summary>
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(5);

    public required TimerWheel Timers { get; init; }

    public required ILogger Logger { get; init; }

    /// <summary>Where a connection that outlives its request is counted out. Null: nobody counts.</summary>
    public ConnectionGate? Gate { get; init; }

    /// <summary>Lends the arrays that messages in pieces are put together in.</summary>
    public required ArrayPool<byte> Pool { get; init; }
}
