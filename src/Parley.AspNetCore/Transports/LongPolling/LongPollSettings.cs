using Microsoft.Extensions.Logging;
using Parley.Timing;

namespace Parley.AspNetCore.Transports.LongPolling;

/// <summary>What all long polling connections share, so that each holds one reference.</summary>
internal sealed record LongPollSettings
{
    /// <summary>Largest message of a client.</summary>
    public required int MaxMessageBytes { get; init; }

    /// <summary>Bytes that may be kept for one client.</summary>
    public required int MaxQueuedBytes { get; init; }

    /// <summary>
    /// How long a poll is held, whole seconds. Default 25 seconds: proxies commonly cut a silent request after 30.
    /// </summary>
    public TimeSpan Hold { get; init; } = TimeSpan.FromSeconds(25);

    /// <summary>
    /// How long a session lives without a request. Default 45 seconds: a client that waits for a lost answer gives a poll up after
    /// <see cref="Hold"/> and 10 seconds, and has as much again to come back.
    /// </summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(45);

    /// <summary>How long what was said at the end is kept for the client. Default 10 seconds.</summary>
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(10);

    public required TimerWheel Timers { get; init; }

    public required TimeProvider Time { get; init; }

    public required ILogger Logger { get; init; }
}
