namespace Parley.Nodes;

/// <summary>The bus of a node that is alone.</summary>
internal sealed class LocalNodeBus(TimeProvider time) : INodeBus
{
    private INodeRequestHandler? _handler;
    private string? _node;

    public ValueTask StartAsync(string node, INodeRequestHandler handler, CancellationToken cancellationToken = default)
    {
        _node = node;
        _handler = handler;
        return ValueTask.CompletedTask;
    }

    public async ValueTask<IReadOnlyList<NodeAnswer>> AskAllAsync(NodeRequest request, CancellationToken cancellationToken = default) =>
        [await Handler.HandleAsync(request, cancellationToken)];

    public ValueTask<NodeAnswer?> AskAsync(string node, NodeRequest request, CancellationToken cancellationToken = default) =>
        Handler is { } handler && node == _node ? handler.AnswerAsync(request, time, cancellationToken) : ValueTask.FromResult<NodeAnswer?>(null);

    private INodeRequestHandler Handler => _handler ?? throw new InvalidOperationException("The node has not been started.");
}
