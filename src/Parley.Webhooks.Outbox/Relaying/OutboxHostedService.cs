using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Parley.Webhooks.Outbox.Diagnostics;
using Parley.Webhooks.Outbox.Storage;

namespace Parley.Webhooks.Outbox.Relaying;

/// <summary>Relays for as long as the process runs: after a call of the signal, and now and then without one.</summary>
internal sealed partial class OutboxHostedService(
    OutboxRelay relay, IOutboxStore store, OutboxSignal signal, OutboxMetrics metrics, TimeProvider time,
    ILogger<OutboxHostedService> logger) : BackgroundService
{
    private static readonly TimeSpan MeasureInterval = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan ListenAgainAfter = TimeSpan.FromSeconds(5);

    private long? _measuredAt;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(RelayAsync(stoppingToken), ListenAsync(stoppingToken));

    private async Task RelayAsync(CancellationToken stopping)
    {
        try
        {
            while (true)
            {
                var rest = await relay.RelayAsync(stopping);
                await MeasureAsync(stopping);
                if (rest.IsPause)
                    await Task.Delay(rest.Wait, time, stopping);
                else
                    await signal.WaitAsync(rest.Wait, stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The process stops.
        }
        catch (Exception exception) when (stopping.IsCancellationRequested)
        {
            LogStopping(exception);
        }
    }

    private async Task ListenAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await store.ListenAsync(signal.Wake, stopping);
                return;
            }
            catch (Exception exception) when (!stopping.IsCancellationRequested)
            {
                // What is committed meanwhile is found by polling.
                LogNotListening(exception);
            }
            catch (Exception)
            {
                return;
            }

            await Task.Delay(ListenAgainAfter, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task MeasureAsync(CancellationToken stopping)
    {
        if (_measuredAt is { } before && time.GetElapsedTime(before) < MeasureInterval)
            return;
        _measuredAt = time.GetTimestamp();
        try
        {
            metrics.Backlog = await store.MeasureAsync(stopping);
        }
        catch (Exception exception) when (!stopping.IsCancellationRequested)
        {
            LogNotMeasured(exception);
        }
    }

    [LoggerMessage(EventId = 5205, Level = LogLevel.Debug, Message = "The relay of the outbox was interrupted; what it had not finished is sent later")]
    private partial void LogStopping(Exception exception);

    [LoggerMessage(EventId = 5206, Level = LogLevel.Warning, Message = "Notifications of the outbox's database do not come now; it is looked at by the interval")]
    private partial void LogNotListening(Exception exception);

    [LoggerMessage(EventId = 5207, Level = LogLevel.Debug, Message = "The outbox could not be measured now")]
    private partial void LogNotMeasured(Exception exception);
}
