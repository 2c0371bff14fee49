using Microsoft.Extensions.Time.Testing;
using Parley.Brokers;
using Parley.Specifications.Brokers;
using Parley.Testing.Nodes;

namespace Parley.Tests.Brokers;

/// <summary>The broker that other tests use between nodes of one process does what every broker does.</summary>
public sealed class SharedMemoryTests : BrokerSpecification
{
    private readonly FakeTimeProvider _time = new();
    private readonly SharedMemory _memory;

    public SharedMemoryTests() => _memory = new SharedMemory(_time);

    protected override bool SpansNodes => true;

    protected override ValueTask<IBroker> CreateNodeAsync() => ValueTask.FromResult(_memory.NewNode());

    protected override ValueTask AdvanceAsync(TimeSpan time)
    {
        _time.Advance(time);
        return ValueTask.CompletedTask;
    }
}
