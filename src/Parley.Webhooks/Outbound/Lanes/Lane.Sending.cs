using Parley.Webhooks.Deliveries;
using Parley.Webhooks.Endpoints;
using Parley.Webhooks.Storage;

namespace Parley.Webhooks.Outbound.Lanes;

/// <content>Sends a delivery, and has recorded what became of it.</content>
internal sealed partial class Lane
{
    private static readonly TimeSpan ShortestIllness = TimeSpan.FromHours(1);

    private DateTimeOffset? _succeededAt;

    private async Task SendAsync(Endpoint endpoint, ClaimedDelivery claimed, bool isProbe)
    {
        var outcome = await TryRunAsync(endpoint, claimed);
        if (outcome?.Hold is { } wait)
        {
            // Before anything else: from now on nothing may go.
            lock (_gate)
                _breaker.Hold(wait);
        }

        if (endpoint.Ordered)
            await RecordAsync(endpoint, claimed, outcome);
        bool isIll;
        lock (_gate)
        {
            _inFlight--;
            _movedAt = _services.Time.GetUtcNow();
            _breaker.Leave(outcome?.Completion.Error, wasSent: outcome is { IsBusy: false } && HasSent(outcome), isProbe);
            isIll = _breaker.IsOpen || (outcome is not null && IsIllBy(claimed.Delivery, outcome));
            if (outcome is null)
                ExpectLocked(claimed.Delivery.DueAt ?? _services.Time.GetUtcNow());
        }

        Pump();
        if (!endpoint.Ordered)
            await RecordAsync(endpoint, claimed, outcome);
        lock (_gate)
            _held.Remove(claimed.Delivery.Key);
        if (outcome is not null && await _services.Recorder.NoteAsync(endpoint, outcome, isIll))
            Pump();
        // Not before it is recorded: so many outcomes may wait for the disk, and who stops waits for them.
        ReleaseSlots();
    }

    /// <summary>Whether a schedule was used up, while nothing else succeeded. Remembers what succeeds.</summary>
    private bool IsIllBy(Delivery delivery, AttemptOutcome outcome)
    {
        var now = _services.Time.GetUtcNow();
        if (outcome.Result is { Error: null })
            _succeededAt = now;
        if (outcome.Completion is not { State: DeliveryState.Failed, Error: not DeliveryError.Aborted })
            return false;
        // A schedule may be short, and one message may be at fault: an endpoint that takes others is well.
        var since = delivery.CreatedAt < now - ShortestIllness ? delivery.CreatedAt : now - ShortestIllness;
        return _succeededAt is null || _succeededAt < since;
    }

    private static bool HasSent(AttemptOutcome outcome) => outcome.Result is { } result && result.Error?.IsBeforeSending() is not true;

    private async Task<AttemptOutcome?> TryRunAsync(Endpoint endpoint, ClaimedDelivery claimed)
    {
        try
        {
            // It waited here for so long that another node may take it before the receiver has answered.
            return claimed.Delivery.DueAt - _services.Time.GetUtcNow() < endpoint.LongestAttempt + LongestPreparation
                ? _services.Runner.Postpone(claimed.Delivery, _services.Time.GetUtcNow(), claimed.Delivery.LastError)
                : await _services.Runner.RunAsync(endpoint, claimed.Delivery, claimed.Message, () => MayStillGoAsync(endpoint), _services.Stopping);
        }
        catch (OperationCanceledException) when (_services.Stopping.IsCancellationRequested)
        {
            // The lease runs out, or is released at the next start; the attempt then shows as interrupted.
            return null;
        }
        catch (Exception exception)
        {
            LogFailed(_services.Logger, exception);
            return null;
        }
    }

    private async Task RecordAsync(Endpoint? endpoint, ClaimedDelivery claimed, AttemptOutcome? outcome)
    {
        if (outcome is not null && await _services.Recorder.RecordAsync(endpoint, claimed, outcome, FenceOf) is { } dueAt)
            Expect(dueAt);
    }

    private long FenceOf(Completion completion)
    {
        lock (_gate)
            return _held.GetValueOrDefault(completion.Key, completion.Fence);
    }

    /// <summary>Undoes what was taken for a request that does not start.</summary>
    private void GiveUp(bool isProbe, bool hasApplicationSlot, bool hasSlot)
    {
        lock (_gate)
        {
            _inFlight--;
            _breaker.Leave(null, wasSent: false, isProbe);
        }

        if (hasSlot)
            _services.Slots.Release();
        if (hasApplicationSlot)
            _applicationSlots.Release();
    }

    private async ValueTask<bool> MayStillGoAsync(Endpoint endpoint)
    {
        lock (_gate)
        {
            if (_breaker.Held > TimeSpan.Zero)
                return false;
        }

        return await IsStillAsync(endpoint);
    }

    private async ValueTask<bool> IsStillAsync(Endpoint endpoint) =>
        await _services.Catalog.FindEndpointAsync(_application, _endpoint) is { } now && (ReferenceEquals(now, endpoint) || now.Revision == endpoint.Revision);

    private void ReleaseSlots()
    {
        _services.Slots.Release();
        _applicationSlots.Release();
    }
}
