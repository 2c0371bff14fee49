using System.Collections.Concurrent;
using Parley.Nodes;

namespace Parley.Testing.Nodes;

/// <summary>The buses of nodes in one process. What they say to each other goes through bytes, so that it cannot be anything but data.</summary>
internal sealed class NodeNetwork(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, INodeRequestHandler> _nodes = new(StringComparer.Ordinal);
    private int _asked;

    /// <summary>Requests to one node that have gone over the network.</summary>
    public int Asked => Volatile.Read(ref _asked);

    /// <summary>The bus of one more node.</summary>
    public INodeBus NewNode() => new Bus(this);

    private async Task<NodeAnswer?> AskAsync(INodeRequestHandler handler, NodeRequest request, CancellationToken cancellationToken)
    {
        var sent = NodeMessages.Write(request);
        if (sent.Length > NodeMessages.MaxBytes) return null;
        var answer = await handler.AnswerAsync(NodeMessages.ReadRequest(sent), time, cancellationToken);
        if (answer is null) return null;
        var answered = NodeMessages.Write(answer);
        return answered.Length > NodeMessages.MaxBytes ? null : NodeMessages.ReadAnswer(answered);
    }

    private sealed class Bus(NodeNetwork network) : INodeBus, IDisposable
    {
        private string? _node;

        public ValueTask StartAsync(string node, INodeRequestHandler handler, CancellationToken cancellationToken = default)
        {
            _node = node;
            network._nodes[node] = handler;
            return ValueTask.CompletedTask;
        }

        public async ValueTask<IReadOnlyList<NodeAnswer>> AskAllAsync(NodeRequest request, CancellationToken cancellationToken = default)
        {
            CheckStarted();
            var answers = await Task.WhenAll(network._nodes.Values.Select(node => network.AskAsync(node, request, cancellationToken)));
            return [.. answers.OfType<NodeAnswer>()];
        }

        public async ValueTask<NodeAnswer?> AskAsync(string node, NodeRequest request, CancellationToken cancellationToken = default)
        {
            CheckStarted();
            if (!network._nodes.TryGetValue(node, out var handler)) return null;
            Interlocked.Increment(ref network._asked);
            return await network.AskAsync(handler, request, cancellationToken);
        }

        /// <summary>The node is gone.</summary>
        public void Dispose()
        {
            if (_node is not null) network._nodes.TryRemove(_node, out _);
        }

        private void CheckStarted()
        {
            if (_node is null) throw new InvalidOperationException("The node has not been started.");
        }
    }
}
