using Microsoft.Extensions.Logging;
using Parley.Webhooks.Deliveries;
using Parley.Webhooks.Diagnostics;
using Parley.Webhooks.Endpoints;
using Parley.Webhooks.Events;
using Parley.Webhooks.Storage;

namespace Parley.Webhooks.Outbound.Lanes;

/// <summary>Stores what became of deliveries, with what it means for their endpoints.</summary>
internal sealed partial class OutcomeRecorder(
    IWebhookStore store, EndpointSwitch @switch, OperationalEvents events, WebhookMetrics metrics, TimeProvider time, Action<Acceptance> poke,
    CancellationToken stopping, ILogger logger)
{
    private const int LongestPauseSeconds = 10;

    private int _failing;

    /// <summary>Whether outcomes cannot be stored now: what is sent meanwhile may be sent twice.</summary>
    public bool IsFailing => Volatile.Read(ref _failing) > 0;

    /// <summary>Stores an outcome.</summary>
    /// <param name="endpoint">Where it was sent; null when it was not.</param>
    /// <param name="claimed">The delivery, as it was leased.</param>
    /// <param name="outcome">What became of it.</param>
    /// <param name="fenceOf">Says the newest fence, which may change meanwhile.</param>
    /// <returns>When the lane must look at the endpoint again; null: it need not. Never throws.</returns>
    public async Task<DateTimeOffset?> RecordAsync(
        Endpoint? endpoint, ClaimedDelivery claimed, AttemptOutcome outcome, Func<Completion, long> fenceOf)
    {
        var completion = outcome.Completion;
        try
        {
            // Also while stopping: what was done is recorded.
            var (isRecorded, notice) = await RetryAsync(endpoint, claimed, completion, fenceOf);
            if (completion.Attempt is { } attempt)
                metrics.Attempted(attempt, attempt.StartedAt - claimed.Delivery.CreatedAt);
            if (isRecorded && completion.DueAt is null)
                metrics.Ended(completion.State);
            if (notice is not null)
                poke(notice);
            if (endpoint is not null && outcome.Disable is { } reason && await @switch.DisableAsync(endpoint, reason, CancellationToken.None))
                return time.GetUtcNow();
            // It may be recorded though the store says that it is not: its answer was lost, and this was another try.
            return completion.DueAt;
        }
        catch (Exception exception)
        {
            // It is taken over when its lease has run out: at least once, never not at all.
            LogNotRecorded(claimed.Delivery.Key, exception);
            return claimed.Delivery.DueAt ?? time.GetUtcNow();
        }
    }

    /// <summary>Notices that an endpoint is ill or well again.</summary>
    /// <returns>Whether the endpoint was changed. Never throws.</returns>
    public async Task<bool> NoteAsync(Endpoint endpoint, AttemptOutcome outcome, bool hasOpened)
    {
        if (outcome is not { Result: { } result, Disable: null } || !(hasOpened || endpoint.FailingSince is not null))
            return false;
        try
        {
            return await @switch.NoteAsync(endpoint, isWell: result.Error is null, CancellationToken.None);
        }
        catch (Exception exception)
        {
            LogNotNoted(exception);
            return false;
        }
    }

    /// <summary>Tries as long as the lease is this node's: nobody else can have it, and what is given up is sent twice.</summary>
    private async Task<(bool IsRecorded, Acceptance? Notice)> RetryAsync(
        Endpoint? endpoint, ClaimedDelivery claimed, Completion completion, Func<Completion, long> fenceOf)
    {
        var hasFailed = false;
        try
        {
            for (var tried = 1; ; tried++)
            {
                try
                {
                    var notice = endpoint is not null && completion.State is DeliveryState.Failed && claimed.Message is { } message
                        ? await events.ExhaustedAsync(endpoint, message, completion)
                        : null;
                    return (await store.CompleteAsync(completion with { Fence = fenceOf(completion), Notice = notice }), notice);
                }
                catch (WebhookStoreException) when (!stopping.IsCancellationRequested && time.GetUtcNow() < claimed.Delivery.DueAt)
                {
                    if (!hasFailed)
                        Interlocked.Increment(ref _failing);
                    hasFailed = true;
                    await Task.Delay(TimeSpan.FromSeconds(Math.Min(tried, LongestPauseSeconds)), time, stopping);
                }
            }
        }
        finally
        {
            if (hasFailed)
                Interlocked.Decrement(ref _failing);
        }
    }

    [LoggerMessage(EventId = 5104, Level = LogLevel.Error, Message = "The outcome of delivery {Delivery} could not be recorded; it is sent again")]
    private partial void LogNotRecorded(DeliveryKey delivery, Exception exception);

    [LoggerMessage(EventId = 5113, Level = LogLevel.Error, Message = "What an endpoint's failures mean could not be stored now")]
    private partial void LogNotNoted(Exception exception);
}
