using Microsoft.Extensions.Time.Testing;
using Parley.Brokers.Memory;
using Parley.Specifications.Brokers;

namespace Parley.Tests.Brokers;

/// <summary>A started broker in memory for the tests that look inside it.</summary>
public abstract class MemoryBrokerHost : IAsyncLifetime
{
    private protected const string Channel = "channel";
    private protected static readonly TimeSpan Unit = TimeSpan.FromMinutes(1);
    private protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private protected MemoryBrokerHost()
    {
        Broker = new MemoryBroker(Time);
        Node = new BrokerNode(Broker, Unit);
    }

    private protected FakeTimeProvider Time { get; } = new();

    private protected MemoryBroker Broker { get; }

    private protected BrokerNode Node { get; }

    private protected RecordingEvents Events => Node.Events;

    public ValueTask InitializeAsync() => Broker.StartAsync(Events);

    public ValueTask DisposeAsync()
    {
        Broker.Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    private protected static string[] Texts(IEnumerable<BrokerEvent> events) => [.. events.Select(e => e.ToString())];

    private protected static string[] Numbers(int from, int to) => [.. Enumerable.Range(from, to - from + 1).Select(i => $"{i}")];
}
