namespace Parley.Nodes;

/// <summary>The bus of a node that is alone.</summary>
internal sealed class LocalNodeBus : INodeBus
{
    private INodeRequestHandler? _handler;

    public ValueTask StartAsync(INodeRequestHandler handler, CancellationToken cancellationToken = default)
    {
        _handler = handler;
        return ValueTask.CompletedTask;
    }

    public async ValueTask<IReadOnlyList<NodeAnswer>> AskAllAsync(NodeRequest request, CancellationToken cancellationToken = default) =>
        _handler is { } handler
            ? [await handler.HandleAsync(request, cancellationToken)]
            : throw new InvalidOperationException("The node has not been started.");
}
