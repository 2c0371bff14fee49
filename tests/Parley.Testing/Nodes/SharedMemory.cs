using Parley.Brokers;
using Parley.Brokers.Memory;

namespace Parley.Testing.Nodes;

/// <summary>A broker in memory that several nodes share, as they would share a server.</summary>
internal sealed class SharedMemory : IBrokerEvents, IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, IBrokerEvents[]> _subscribed = new(StringComparer.Ordinal);
    private readonly MemoryBroker _broker;

    public SharedMemory(TimeProvider time)
    {
        _broker = new MemoryBroker(time);
        Now(_broker.StartAsync(this));
    }

    /// <summary>The broker of one more node.</summary>
    public IBroker NewNode() => new View(this);

    public void OnPublication(string channel, Publication publication)
    {
        foreach (var node in NodesOf(channel)) node.OnPublication(channel, publication);
    }

    public void OnJoin(string channel, ClientInfo info)
    {
        foreach (var node in NodesOf(channel)) node.OnJoin(channel, info);
    }

    public void OnLeave(string channel, ClientInfo info)
    {
        foreach (var node in NodesOf(channel)) node.OnLeave(channel, info);
    }

    public void Dispose() => _broker.Dispose();

    private IBrokerEvents[] NodesOf(string channel)
    {
        lock (_gate)
            return _subscribed.GetValueOrDefault(channel, []);
    }

    private void Change(string channel, Func<IBrokerEvents[], IBrokerEvents[]> change)
    {
        lock (_gate)
        {
            var nodes = change(_subscribed.GetValueOrDefault(channel, []));
            if (nodes.Length > 0) _subscribed[channel] = nodes;
            else _subscribed.Remove(channel);
            // One after the other, so that the last word of the nodes is that of the broker.
            Now(nodes.Length > 0 ? _broker.SubscribeAsync(channel) : _broker.UnsubscribeAsync(channel));
        }
    }

    /// <summary>Memory answers at once.</summary>
    private static void Now(ValueTask task) => task.GetAwaiter().GetResult();

    private sealed class View(SharedMemory memory) : IBroker
    {
        private IBrokerEvents? _events;

        private IBrokerEvents Events => _events ?? throw new InvalidOperationException("The broker has not been started.");

        public ValueTask StartAsync(IBrokerEvents events, CancellationToken cancellationToken = default)
        {
            if (Interlocked.CompareExchange(ref _events, events, null) is not null)
                throw new InvalidOperationException("The broker has been started before.");
            return ValueTask.CompletedTask;
        }

        public ValueTask<PublishResult> PublishAsync(string channel, BrokerPublishRequest request, CancellationToken cancellationToken = default) =>
            memory._broker.PublishAsync(channel, request, cancellationToken);

        public ValueTask PublishJoinAsync(string channel, ClientInfo info, CancellationToken cancellationToken = default) =>
            memory._broker.PublishJoinAsync(channel, info, cancellationToken);

        public ValueTask PublishLeaveAsync(string channel, ClientInfo info, CancellationToken cancellationToken = default) =>
            memory._broker.PublishLeaveAsync(channel, info, cancellationToken);

        public ValueTask SubscribeAsync(string channel, CancellationToken cancellationToken = default)
        {
            var events = Events;
            memory.Change(channel, nodes => nodes.Contains(events) ? nodes : [.. nodes, events]);
            return ValueTask.CompletedTask;
        }

        public ValueTask UnsubscribeAsync(string channel, CancellationToken cancellationToken = default)
        {
            var events = Events;
            memory.Change(channel, nodes => [.. nodes.Where(node => node != events)]);
            return ValueTask.CompletedTask;
        }

        public ValueTask<HistoryPage> ReadHistoryAsync(string channel, HistoryQuery query, CancellationToken cancellationToken = default) =>
            memory._broker.ReadHistoryAsync(channel, query, cancellationToken);

        public ValueTask RemoveHistoryAsync(string channel, CancellationToken cancellationToken = default) =>
            memory._broker.RemoveHistoryAsync(channel, cancellationToken);
    }
}
