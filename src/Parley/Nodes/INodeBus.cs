namespace Parley.Nodes;

/// <summary>Carries requests about sessions to all nodes and their answers back.</summary>
internal interface INodeBus
{
    /// <summary>Starts the bus. Called once, before anything else.</summary>
    ValueTask StartAsync(INodeRequestHandler handler, CancellationToken cancellationToken = default);

    /// <summary>Asks every node, this one included.</summary>
    /// <returns>One answer per node that answered in time.</returns>
    ValueTask<IReadOnlyList<NodeAnswer>> AskAllAsync(NodeRequest request, CancellationToken cancellationToken = default);
}

/// <summary>Answers the requests that reach a node.</summary>
internal interface INodeRequestHandler
{
    ValueTask<NodeAnswer> HandleAsync(NodeRequest request, CancellationToken cancellationToken = default);
}
