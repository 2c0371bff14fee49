using Microsoft.Extensions.Time.Testing;
using Parley.Nodes;
using Parley.Specifications.Nodes;
using Parley.Testing.Nodes;

namespace Parley.Tests.Nodes;

/// <summary>The bus of a node that is alone does what every bus does.</summary>
public sealed class LocalNodeBusTests : NodeBusSpecification
{
    private readonly FakeTimeProvider _time = new();

    private protected override bool SpansNodes => false;

    private protected override INodeBus CreateNode() => new LocalNodeBus(_time);

    protected override ValueTask AdvanceAsync(TimeSpan time)
    {
        _time.Advance(time);
        return ValueTask.CompletedTask;
    }
}

/// <summary>The bus that other tests use between nodes of one process does what every bus does.</summary>
public sealed class NodeNetworkTests : NodeBusSpecification
{
    private readonly FakeTimeProvider _time = new();
    private readonly NodeNetwork _network;

    public NodeNetworkTests() => _network = new NodeNetwork(_time);

    private protected override bool SpansNodes => true;

    private protected override INodeBus CreateNode() => _network.NewNode();

    protected override ValueTask AdvanceAsync(TimeSpan time)
    {
        _time.Advance(time);
        return ValueTask.CompletedTask;
    }
}
