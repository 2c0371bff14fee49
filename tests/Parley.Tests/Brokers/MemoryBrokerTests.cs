using Microsoft.Extensions.Time.Testing;
using Parley.Brokers;
using Parley.Brokers.Memory;
using Parley.Specifications.Brokers;

namespace Parley.Tests.Brokers;

/// <summary>The broker in memory does what every broker does.</summary>
public sealed class MemoryBrokerTests : BrokerSpecification
{
    private readonly FakeTimeProvider _time = new();

    protected override int Seeds => 200;

    protected override ValueTask<IBroker> CreateNodeAsync() => ValueTask.FromResult<IBroker>(new MemoryBroker(_time));

    protected override ValueTask AdvanceAsync(TimeSpan time)
    {
        _time.Advance(time);
        return ValueTask.CompletedTask;
    }
}
