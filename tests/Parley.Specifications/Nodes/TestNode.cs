using System.Threading.Channels;
using Parley.Nodes;

namespace Parley.Specifications.Nodes;

/// <summary>A started bus, and what reaches its node: each request waits for the test to answer it, unless it has an answer for all.</summary>
internal sealed class TestNode(INodeBus bus) : INodeRequestHandler
{
    private readonly Channel<Asked> _asked = Channel.CreateUnbounded<Asked>();

    public string Id { get; } = NodeId.Create();

    public INodeBus Bus => bus;

    /// <summary>Answers every request at once.</summary>
    public Func<NodeRequest, NodeAnswer>? Answer { get; set; }

    /// <summary>How many requests wait for the test.</summary>
    public int Waiting => _asked.Reader.Count;

    /// <summary>The next request.</summary>
    public Task<Asked> NextAsync() => _asked.Reader.ReadAsync().AsTask().WaitAsync(Testing.Patience.Limit);

    public async ValueTask<NodeAnswer> HandleAsync(NodeRequest request, CancellationToken cancellationToken = default)
    {
        if (Answer is { } answer) return answer(request);
        var asked = new Asked(request, cancellationToken);
        await _asked.Writer.WriteAsync(asked, CancellationToken.None);
        return await asked.Answer.Task;
    }

    /// <summary>A request that has reached a node.</summary>
    internal sealed record Asked(NodeRequest Request, CancellationToken Over)
    {
        public TaskCompletionSource<NodeAnswer> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
