using Microsoft.Extensions.Logging;
using Parley.Webhooks.Deliveries;
using Parley.Webhooks.Diagnostics;
using Parley.Webhooks.Endpoints;
using Parley.Webhooks.Events;
using Parley.Webhooks.Ids;
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
            var (isRecorded, notice) = await CompleteAsync(endpoint, claimed, completion, fenceOf);
            if (completion.Attempt is { } attempt)
                metrics.Attempted(attempt, attempt.StartedAt - FirstDue(claimed));
            if (isRecorded && completion.DueAt is null)
                metrics.Ended(completion.State);
            if (notice is not null)
                poke(notice);
        }
        catch (Exception exception)
        {
            // It is taken over when its lease has run out: at least once, never not at all.
            LogNotRecorded(claimed.Delivery.Key, exception);
            return claimed.Delivery.DueAt ?? time.GetUtcNow();
        }

        if (endpoint is not null && outcome.Disable is { } reason && await TryDisableAsync(endpoint, reason, claimed.Delivery.DueAt))
            return time.GetUtcNow();
        // It may be recorded though the store says that it is not: its answer was lost, and this was another try.
        return completion.DueAt;
    }

    /// <summary>Notices that an endpoint is ill or well again.</summary>
    /// <param name="endpoint">Where it was sent.</param>
    /// <param name="outcome">What came of it.</param>
    /// <param name="isIll">Whether nothing but failures comes of the endpoint, as far as its lane knows.</param>
    /// <returns>Whether the endpoint was changed. Never throws.</returns>
    public async Task<bool> NoteAsync(Endpoint endpoint, AttemptOutcome outcome, bool isIll)
    {
        if (outcome is not { Result: { } result, Disable: null } || !(isIll || endpoint.FailingSince is not null))
            return false;
        // What was not sent says nothing of the receiver.
        if (result.Error?.IsBeforeSending() is true)
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

    /// <summary>When the first attempt could begin.</summary>
    private static DateTimeOffset FirstDue(ClaimedDelivery claimed) =>
        claimed.Message?.DeliverAt is { } later && later > claimed.Delivery.CreatedAt ? later : claimed.Delivery.CreatedAt;

    /// <summary>Stores an outcome. Tried as long as the lease is this node's: nobody else can have it, and what is given up is sent twice.</summary>
    private Task<(bool IsRecorded, Acceptance? Notice)> CompleteAsync(
        Endpoint? endpoint, ClaimedDelivery claimed, Completion completion, Func<Completion, long> fenceOf) => RetryAsync(
        async () =>
        {
            var notice = endpoint is not null && completion.State is DeliveryState.Failed && claimed.Message is { } message
                ? await events.ExhaustedAsync(endpoint, message, completion)
                : null;
            return (await store.CompleteAsync(completion with { Fence = fenceOf(completion), Notice = notice }), notice);
        },
        claimed.Delivery.DueAt);

    /// <returns>Whether it was disabled. Never throws.</returns>
    private async Task<bool> TryDisableAsync(Endpoint endpoint, DisabledReason reason, DateTimeOffset? until)
    {
        try
        {
            return await RetryAsync(() => @switch.DisableAsync(endpoint, reason, CancellationToken.None), until);
        }
        catch (Exception exception)
        {
            LogNotDisabled(WebhookId.Format(WebhookId.Endpoint, endpoint.Id), reason, exception);
            return false;
        }
    }

    /// <summary>Tries again what the store cannot do now; meanwhile nothing further is sent.</summary>
    private async Task<T> RetryAsync<T>(Func<Task<T>> write, DateTimeOffset? until)
    {
        var hasFailed = false;
        try
        {
            for (var tried = 1; ; tried++)
            {
                try
                {
                    return await write();
                }
                catch (WebhookStoreException) when (!stopping.IsCancellationRequested && time.GetUtcNow() < until)
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

    [LoggerMessage(EventId = 5117, Level = LogLevel.Error, Message = "Endpoint {Endpoint} could not be disabled ({Reason}): that waits for its receiver to say so again")]
    private partial void LogNotDisabled(string endpoint, DisabledReason reason, Exception exception);

    [LoggerMessage(EventId = 5113, Level = LogLevel.Error, Message = "What an endpoint's failures mean could not be stored now")]
    private partial void LogNotNoted(Exception exception);
}
