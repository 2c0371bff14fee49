using Microsoft.Extensions.Logging;
using Parley.Timing;

namespace Parley.AspNetCore.Transports.Streams;

/// <summary>What all stream connections share, so that each holds one reference.</summary>
internal sealed record StreamSettings
{
    /// <summary>Bytes that may wait for one client, beyond what the host's own write buffer holds.</summary>
    public required int MaxQueuedBytes { get; init; }

    /// <summary>How long a client that sends nothing may leave unacknowledged what was sent to it. Default 8 seconds.</summary>
    public TimeSpan AcknowledgementTimeout { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>Time for what is queued at the end, before the link is cut. Default 5 seconds.</summary>
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(5);

    public required TimerWheel Timers { get; init; }

    public required ILogger Logger { get; init; }
}
