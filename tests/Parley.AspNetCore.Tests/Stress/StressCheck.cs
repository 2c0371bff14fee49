namespace Parley.AspNetCore.Tests.Stress;

/// <summary>Judges all that one client was told, in its order, by the ledgers of the channels.</summary>
/// <param name="client">Its name.</param>
/// <param name="channels">Their ledgers.</param>
/// <param name="subscriptions">Those of the client.</param>
/// <param name="closes">Codes with which it may be closed.</param>
internal sealed class StressCheck(
    string client, IReadOnlyList<ChannelLedger> channels, IReadOnlyList<StressSubscription> subscriptions, IReadOnlyList<long> closes)
{
    private readonly Dictionary<int, Run> _open = [];
    private bool _isClosed;

    /// <summary>Subscriptions whose end was seen, or which lasted until the client was closed.</summary>
    public int Subscriptions { get; private set; }

    public int Publications { get; private set; }

    public void Take(IReadOnlyList<Received> all)
    {
        for (var i = 0; i < all.Count; i++)
        {
            if (Take(all[i]) is { } fault)
                throw new StressException($"{client}, {i}: {all[i]}: {fault}\n{string.Join('\n', Around(all, i))}");
        }

        Subscriptions += _open.Count;
    }

    private IEnumerable<string> Around(IReadOnlyList<Received> all, int index) => all
        .Select(static (received, at) => (received, at))
        .Where(item => item.received.Channel == all[index].Channel && item.at <= index + 200 && item.at >= index - 2000)
        .TakeLast(20)
        .Select(item => $"  {item.at}: {item.received}, number {channels[item.received.Channel].NumberOf(item.received.Number)}");

    private string? Take(in Received received)
    {
        if (_isClosed)
            return "behind the close";
        switch (received.Kind)
        {
            case ReceivedKind.Ping:
                return null;
            case ReceivedKind.Closed:
                _isClosed = true;
                return closes.Contains(received.Number) ? null : $"closed with {received.Number}";
            case ReceivedKind.Subscribed:
                return Begin(received);
            case ReceivedKind.Unsubscribed:
                // The server may have been first.
                return _open.Remove(received.Channel, out var ended) ? End(ended, subscriptions[(int)received.Number].EverythingUpTo) : null;
        }

        if (!_open.TryGetValue(received.Channel, out var run))
            return "not subscribed";
        switch (received.Kind)
        {
            case ReceivedKind.Publication:
                return Take(run, received);
            case ReceivedKind.UnsubscribedByServer:
                _open.Remove(received.Channel);
                return received.Number < 0 ? $"ended with {-received.Number}" : End(run, received.Number);
            default:
                return null;
        }
    }

    private string? Begin(in Received received)
    {
        var subscription = subscriptions[(int)received.Number];
        if (!_open.TryAdd(received.Channel, new Run(subscription)))
            return "subscribed already";
        if (subscription.Channel != received.Channel)
            return $"asked for channel {subscription.Channel}";
        var offset = subscription.RecoveredSince;
        foreach (var recovered in subscription.Recovered)
        {
            if (recovered.Offset != ++offset)
                return $"recovered {recovered.Offset} in place of {offset}";
            if (channels[received.Channel].IdAt(recovered.Offset) != recovered.Id)
                return $"recovered {recovered.Id} at {offset}, where {channels[received.Channel].IdAt(recovered.Offset)} was published";
        }

        return null;
    }

    private string? Take(Run run, in Received received)
    {
        Publications++;
        var number = channels[received.Channel].NumberOf(received.Number);
        if (number == 0)
            return "never published";
        var subscription = run.Subscription;
        if (number > subscription.NothingAfter)
            return $"number {number}, and it had ended at {subscription.NothingAfter}";

        if (subscription.NextOffset > 0)
        {
            var expected = subscription.NextOffset + run.Count;
            if (received.Offset != expected)
                return $"offset {received.Offset} in place of {expected}";
        }

        if (run.Count++ > 0)
        {
            if (number != run.Last + 1)
                return $"number {number} behind {run.Last}";
        }
        else if (subscription.NextOffset == 0)
        {
            if (number <= subscription.NothingUpTo)
                return $"number {number}, and {subscription.NothingUpTo} had been delivered before it subscribed";
            if (number > subscription.EverythingAfter + 1)
                return $"number {number} is the first, and it was subscribed after {subscription.EverythingAfter}";
        }

        run.Last = number;
        return null;
    }

    private string? End(Run run, long everythingUpTo)
    {
        Subscriptions++;
        var subscription = run.Subscription;
        if (subscription.NextOffset > 0)
        {
            var offset = channels[subscription.Channel].OffsetOf(everythingUpTo);
            return offset >= subscription.NextOffset + run.Count ? $"{offset} had been delivered before it was to end" : null;
        }

        var last = run.Count > 0 ? run.Last : subscription.EverythingAfter;
        return everythingUpTo > last ? $"{last} is the last, and {everythingUpTo} had been delivered before it was to end" : null;
    }

    /// <summary>What came in one subscription.</summary>
    private sealed class Run(StressSubscription subscription)
    {
        public StressSubscription Subscription => subscription;

        public ulong Count { get; set; }

        public long Last { get; set; }
    }
}
