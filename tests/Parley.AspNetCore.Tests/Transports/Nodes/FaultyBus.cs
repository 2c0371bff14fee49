using Parley.Brokers;
using Parley.Nodes;

namespace Parley.AspNetCore.Tests.Transports.Nodes;

/// <summary>A bus that does not work at the moment.</summary>
internal sealed class FaultyBus : INodeBus
{
    public ValueTask StartAsync(string node, INodeRequestHandler handler, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

    public ValueTask<IReadOnlyList<NodeAnswer>> AskAllAsync(NodeRequest request, CancellationToken cancellationToken = default) =>
        throw new BrokerUnavailableException("away");

    public ValueTask<NodeAnswer?> AskAsync(string node, NodeRequest request, CancellationToken cancellationToken = default) =>
        throw new BrokerUnavailableException("away");
}
