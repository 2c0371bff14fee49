using Parley.Webhooks.Endpoints;
using Parley.Webhooks.Storage;

namespace Parley.Webhooks.Outbound.Lanes;

/// <content>Takes deliveries from the store, and gives back those that it does not send.</content>
internal sealed partial class Lane
{
    private const int ClaimSize = 64;

    private static int AheadOf(Endpoint endpoint) =>
        endpoint.Rate is { } perSecond ? Math.Max(1, (int)Math.Min(int.MaxValue, perSecond * LongestWaitSeconds)) : int.MaxValue;

    private async Task<bool> ClaimAsync(Endpoint endpoint)
    {
        bool isProbe;
        DateTimeOffset? expected;
        lock (_gate)
        {
            isProbe = _breaker.IsOpen;
            // What is expected from here on may not be in the answer.
            (expected, _storeDue) = (_storeDue, null);
        }

        var now = _services.Time.GetUtcNow();
        Claim claim;
        try
        {
            claim = await _services.Store.ClaimAsync(
                new ClaimRequest
                {
                    Endpoint = _endpoint,
                    Now = now,
                    LeaseUntil = now + LeaseOf(endpoint),
                    Limit = endpoint.Ordered || isProbe ? 1 : Math.Min(ClaimSize, AheadOf(endpoint)),
                    MaxBytes = _services.Memory.ClaimBytes,
                    IsOrdered = endpoint.Ordered,
                },
                _services.Stopping);
        }
        catch
        {
            lock (_gate)
                ExpectLocked(expected ?? now);
            throw;
        }

        lock (_gate)
            return Take(claim, now);
    }

    private bool Take(Claim claim, DateTimeOffset now)
    {
        var taken = 0;
        if (claim.NextDue is { } next)
            ExpectLocked(next);
        foreach (var delivery in claim.Deliveries)
        {
            // The clock went on while it was being sent, so that its lease seemed to be over: it is the same one, under a new lease.
            if (_held.ContainsKey(delivery.Delivery.Key))
            {
                _held[delivery.Delivery.Key] = delivery.Delivery.Fence;
                continue;
            }

            Enqueue(delivery);
            Hold(delivery.Message?.Payload.Length ?? 0);
            taken++;
        }

        // Due, and not to be had: the head of an ordered lane is with another node.
        if (claim.Deliveries.Count == 0 && _storeDue is { } due)
            RestFor(due > now ? due - now : TimeSpan.FromSeconds(1));
        return taken > 0;
    }

    /// <summary>Gives back what waits here while the endpoint is not tried, so that no lease runs out on it.</summary>
    private async Task PutBackAsync(int keep, DateTimeOffset dueAt)
    {
        List<ClaimedDelivery> waiting = [];
        lock (_gate)
        {
            while (_ready.Count > keep)
                waiting.Add(Dequeue());
        }

        await Task.WhenAll(waiting.Select(claimed =>
            RecordAsync(null, claimed, _services.Runner.Postpone(claimed.Delivery, dueAt, claimed.Delivery.LastError, holdsUp: true))));
    }
}
