using Parley.Webhooks.Deliveries;
using Parley.Webhooks.Storage;

namespace Parley.Webhooks.Outbound.Lanes;

/// <content>What becomes of deliveries whose endpoint takes no more.</content>
internal sealed partial class Lane
{
    private const int CancelSize = 500;

    /// <returns>Whether there may be more.</returns>
    private async Task<bool> CancelSomeAsync(DeliveryError reason, bool isGone)
    {
        List<ClaimedDelivery> waiting = [];
        DateTimeOffset? expected;
        lock (_gate)
        {
            while (_ready.Count > 0)
                waiting.Add(Dequeue());
            (expected, _storeDue) = (_storeDue, null);
        }

        await Task.WhenAll(waiting.Select(next => RecordAsync(null, next, _services.Runner.End(next.Delivery, DeliveryState.Cancelled, reason))));
        // After each part it is looked whether that is still so: it may have been enabled again.
        if (expected is { } due && await CancelPartAsync(reason, due))
            return true;
        if (isGone)
            RetireIfEmpty();
        return false;
    }

    /// <returns>Whether there is more.</returns>
    private async Task<bool> CancelPartAsync(DeliveryError reason, DateTimeOffset due)
    {
        var hasMore = true;
        try
        {
            var cancelled = await _services.Store.CancelAsync(_endpoint, reason, _services.Time.GetUtcNow(), CancelSize, _services.Stopping);
            _services.Metrics.Ended(DeliveryState.Cancelled, cancelled);
            return hasMore = cancelled == CancelSize;
        }
        finally
        {
            if (hasMore)
            {
                lock (_gate)
                    ExpectLocked(due);
            }
        }
    }

    private void RetireIfEmpty()
    {
        lock (_gate)
        {
            if (_ready.Count > 0 || _reserved > 0 || _inFlight > 0 || _storeDue is not null || _mustLookAgain)
                return;
        }

        _services.Retire(this);
    }
}
