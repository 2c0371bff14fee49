using Parley.Brokers;

namespace Parley.Specifications.Brokers;

/// <summary>What every <see cref="IBroker"/> does. Inherit it in the tests of a broker.</summary>
/// <remarks>
/// The tests use channels of their own, so that they may run side by side on one storage. Those about time count in
/// <see cref="Unit"/>, which a broker on a real clock makes short.
/// </remarks>
public abstract partial class BrokerSpecification : IAsyncDisposable
{
    private readonly List<IBroker> _brokers = [];

    /// <summary>Whether several nodes can share one storage. Where not, one node plays both parts.</summary>
    protected virtual bool SpansNodes => false;

    /// <summary>The unit of time-dependent tests.</summary>
    protected virtual TimeSpan Unit => TimeSpan.FromMinutes(1);

    /// <summary>Seeds of the random tests.</summary>
    protected virtual int Seeds => 20;

    /// <summary>Makes a broker that has not been started; all those of one test share their storage.</summary>
    protected abstract ValueTask<IBroker> CreateNodeAsync();

    /// <summary>Lets time pass for storage and nodes.</summary>
    protected abstract ValueTask AdvanceAsync(TimeSpan time);

    /// <summary>A channel that no other test uses.</summary>
    protected virtual string NewChannel() => $"test:{Guid.NewGuid():N}";

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var broker in _brokers)
        {
            if (broker is IAsyncDisposable asyncDisposable)
                await asyncDisposable.DisposeAsync();
            else
                (broker as IDisposable)?.Dispose();
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>A started node.</summary>
    protected async Task<BrokerNode> StartNodeAsync()
    {
        var broker = await CreateNodeAsync();
        _brokers.Add(broker);
        var node = new BrokerNode(broker, Unit);
        await broker.StartAsync(node.Events);
        return node;
    }

    /// <summary>Two nodes, or one twice (see <see cref="SpansNodes"/>).</summary>
    protected async Task<(BrokerNode First, BrokerNode Second)> StartNodesAsync()
    {
        var first = await StartNodeAsync();
        return (first, SpansNodes ? await StartNodeAsync() : first);
    }

    /// <summary>A node that publishes, and one that is subscribed to a channel, which may be the same.</summary>
    private async Task<(BrokerNode Publisher, BrokerNode Reader, string Channel)> StartSubscribedAsync()
    {
        var (publisher, reader) = await StartNodesAsync();
        var channel = NewChannel();
        await reader.Broker.SubscribeAsync(channel);
        return (publisher, reader, channel);
    }

    private static string[] Texts(IEnumerable<BrokerEvent> events) => [.. events.Select(e => e.ToString())];

    private static string[] Numbers(int from, int to) => [.. Enumerable.Range(from, to - from + 1).Select(i => $"{i}")];
}
