using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Parley.Timing;

namespace Parley.Brokers.Memory;

/// <summary>A broker for one process: what it keeps ends with the process, and clients are told so by a new epoch.</summary>
/// <remarks>
/// Publishing completes at once, unless the events of the channel have piled up (<see cref="MemoryChannel.MaxPending"/>); then it waits for
/// them to be raised. A token that is cancelled meanwhile means that nothing was published.
/// </remarks>
internal sealed partial class MemoryBroker(TimeProvider timeProvider, ILogger<MemoryBroker>? logger = null) : IBroker, IDisposable
{
    /// <summary>How long something expired may stay in memory; reading is exact in any case.</summary>
    private static readonly TimeSpan ExpiryTick = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, MemoryChannel> _channels = new(StringComparer.Ordinal);
    private readonly ILogger _logger = logger ?? NullLogger<MemoryBroker>.Instance;
    private IBrokerEvents? _events;

    /// <summary>How many channels it knows something of.</summary>
    internal int ChannelCount => _channels.Count;

    internal MonotonicClock Clock { get; } = new(timeProvider);

    internal TimerWheel Wheel { get; } = new(timeProvider, ExpiryTick);

    /// <exception cref="InvalidOperationException">The broker has not been started.</exception>
    internal IBrokerEvents Events => _events ?? throw new InvalidOperationException("The broker has not been started.");

    public ValueTask StartAsync(IBrokerEvents events, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(events);
        if (Interlocked.CompareExchange(ref _events, events, null) is not null)
            throw new InvalidOperationException("The broker has been started before.");

        return ValueTask.CompletedTask;
    }

    public ValueTask<PublishResult> PublishAsync(
        string channel, BrokerPublishRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(channel);
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<PublishResult>(cancellationToken);

        return TryPublish(channel, request, out var result) is { } full
            ? PublishLaterAsync(full, channel, request, cancellationToken)
            : ValueTask.FromResult(result);
    }

    public ValueTask PublishJoinAsync(string channel, ClientInfo info, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(info);
        return RaiseAsync(channel, PendingEvent.OfJoin(info), cancellationToken);
    }

    public ValueTask PublishLeaveAsync(string channel, ClientInfo info, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(info);
        return RaiseAsync(channel, PendingEvent.OfLeave(info), cancellationToken);
    }

    public ValueTask SubscribeAsync(string channel, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(channel);
        _ = Events;
        while (Channel(channel).TrySubscribe() == Attempt.Removed)
        {
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask UnsubscribeAsync(string channel, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(channel);
        if (_channels.TryGetValue(channel, out var known))
            known.Unsubscribe();

        return ValueTask.CompletedTask;
    }

    public ValueTask<HistoryPage> ReadHistoryAsync(
        string channel, HistoryQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(channel);
        ArgumentNullException.ThrowIfNull(query);
        ArgumentOutOfRangeException.ThrowIfLessThan(query.Limit, -1);
        HistoryPage? page;
        while (Channel(channel).TryRead(query, out page) == Attempt.Removed)
        {
        }

        return ValueTask.FromResult(page!);
    }

    public ValueTask RemoveHistoryAsync(string channel, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(channel);
        if (_channels.TryGetValue(channel, out var known))
            known.RemoveHistory();

        return ValueTask.CompletedTask;
    }

    public void Dispose() => Wheel.Dispose();

    /// <summary>Called by a channel under its lock: from then on its name stands for nothing, or for a new channel.</summary>
    internal void Remove(MemoryChannel channel) => _channels.TryRemove(KeyValuePair.Create(channel.Name, channel));

    internal void OnReaderFailed(string channel, Exception exception) => LogReaderFailed(channel, exception);

    private static bool KeepsNothing(in BrokerPublishRequest request) =>
        !request.HasHistory && request.IdempotencyKey is null && request.Version == 0;

    private MemoryChannel Channel(string name) => _channels.GetOrAdd(name, static (name, broker) => new MemoryChannel(name, broker), this);

    /// <summary>The channel to wait for; null when it was published.</summary>
    private MemoryChannel? TryPublish(string name, in BrokerPublishRequest request, out PublishResult result)
    {
        while (true)
        {
            // A publication that nobody hears and nothing remembers leaves no trace.
            if (!_channels.TryGetValue(name, out var channel))
            {
                if (KeepsNothing(request))
                {
                    result = new PublishResult(StreamPosition.None);
                    return null;
                }

                channel = Channel(name);
            }

            switch (channel.TryPublish(request, out result))
            {
                case Attempt.Full:
                    return channel;
                case Attempt.Removed:
                    continue;
                default:
                    return null;
            }
        }
    }

    private async ValueTask<PublishResult> PublishLaterAsync(
        MemoryChannel full, string name, BrokerPublishRequest request, CancellationToken cancellationToken)
    {
        while (true)
        {
            await full.WaitForRoomAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
            if (TryPublish(name, request, out var result) is not { } channel)
                return result;

            full = channel;
        }
    }

    private ValueTask RaiseAsync(string name, PendingEvent pending, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled(cancellationToken);

        // Where a channel is unknown or has just been removed, nobody listens.
        return _channels.TryGetValue(name, out var channel) && channel.TryRaise(pending) == Attempt.Full
            ? RaiseLaterAsync(channel, pending, cancellationToken)
            : ValueTask.CompletedTask;
    }

    private static async ValueTask RaiseLaterAsync(MemoryChannel channel, PendingEvent pending, CancellationToken cancellationToken)
    {
        do
            await channel.WaitForRoomAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        while (channel.TryRaise(pending) == Attempt.Full);
    }

    [LoggerMessage(EventId = 130, Level = LogLevel.Error, Message = "An event of channel '{Channel}' failed in its reader")]
    private partial void LogReaderFailed(string channel, Exception exception);
}
