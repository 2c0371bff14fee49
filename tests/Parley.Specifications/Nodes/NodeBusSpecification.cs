using Parley.Nodes;
using Parley.Sessions;
using Parley.Testing;

namespace Parley.Specifications.Nodes;

/// <summary>What every <see cref="INodeBus"/> does. Inherit it in the tests of a bus.</summary>
public abstract class NodeBusSpecification : IAsyncDisposable
{
    private static readonly TimeSpan Hold = TimeSpan.FromSeconds(3);
    private static readonly NodeRequest Held = NodeRequests.Transport([1, 2, 3], Hold);

    private readonly List<INodeBus> _buses = [];

    /// <summary>Whether nodes reach each other. Where not, one node plays both parts.</summary>
    private protected abstract bool SpansNodes { get; }

    /// <summary>Makes the bus of a node, which has not been started; all those of one test reach each other.</summary>
    private protected abstract INodeBus CreateNode();

    /// <summary>Lets time pass.</summary>
    protected abstract ValueTask AdvanceAsync(TimeSpan time);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        foreach (var bus in _buses) await EndAsync(bus);
    }

    [Fact]
    public async Task A_request_reaches_the_node_that_it_names_and_the_answer_comes_back()
    {
        var (here, there) = await StartNodesAsync();
        var asking = here.Bus.AskAsync(there.Id, Held).AsTask();

        var asked = await there.NextAsync();
        Assert.False(asking.IsCompleted);
        asked.Answer.SetResult(new NodeAnswer { Head = "head", Body = new byte[] { 4, 5 } });

        var request = Assert.IsType<NodeRequest.Transport>(asked.Request);
        Assert.Equal(("long_poll", "{\"session\":\"secret\"}", Hold), (request.Name, request.Head, request.Hold));
        Assert.Equal([1, 2, 3], request.Body.ToArray());
        var answer = await asking.WaitAsync(Patience.Limit);
        Assert.Equal("head", answer!.Head);
        Assert.Equal([4, 5], answer.Body.ToArray());
        Assert.Equal(0, here.Waiting);
    }

    [Fact]
    public async Task A_node_may_ask_itself()
    {
        var (here, _) = await StartNodesAsync();
        here.Answer = static _ => new NodeAnswer { Head = "mine" };

        Assert.Equal("mine", (await AskAsync(here, here, Held))!.Head);
    }

    [Fact]
    public async Task What_of_every_kind_is_asked_and_answered_arrives_as_it_was()
    {
        var (here, there) = await StartNodesAsync();
        foreach (var request in NodeRequests.All)
        {
            there.Answer = asked =>
            {
                Assert.Equal(NodeMessages.Write(request), NodeMessages.Write(asked));
                return new NodeAnswer { Head = "as it was" };
            };
            Assert.Equal("as it was", (await AskAsync(here, there, request))!.Head);
        }

        foreach (var answer in NodeRequests.Answers)
        {
            there.Answer = _ => answer;
            Assert.Equal(NodeMessages.Write(answer), NodeMessages.Write((await AskAsync(here, there, Held))!));
        }
    }

    [Fact]
    public async Task Much_is_carried_both_ways()
    {
        var (here, there) = await StartNodesAsync();
        var much = new byte[4 * 1024 * 1024];
        new Random(1).NextBytes(much);
        there.Answer = request => new NodeAnswer { Body = ((NodeRequest.Transport)request).Body.ToArray() };

        var answer = await AskAsync(here, there, NodeRequests.Transport(much, TimeSpan.Zero));

        Assert.True(answer!.Body.Span.SequenceEqual(much));
    }

    [Fact]
    public async Task A_node_that_is_not_there_gives_no_answer()
    {
        var (here, there) = await StartNodesAsync();
        there.Answer = here.Answer = static _ => NodeAnswer.Done;

        var asking = here.Bus.AskAsync(NodeId.Create(), NodeRequests.Transport([], TimeSpan.Zero)).AsTask();
        if (!asking.IsCompleted) await AdvanceAsync(NodeRequests.Transport([], TimeSpan.Zero).Patience);

        Assert.Null(await asking.WaitAsync(Patience.Limit));
        Assert.NotNull(await AskAsync(here, there, Held));
    }

    [Fact]
    public async Task A_node_that_is_gone_gives_no_answer()
    {
        var here = await StartNodeAsync();
        var there = await StartNodeAsync();
        there.Answer = static _ => NodeAnswer.Done;
        if (SpansNodes) Assert.NotNull(await AskAsync(here, there, Held));

        await EndAsync(there.Bus);

        var asking = here.Bus.AskAsync(there.Id, Held).AsTask();
        if (!asking.IsCompleted) await AdvanceAsync(Held.Patience);
        Assert.Null(await asking.WaitAsync(Patience.Limit));
    }

    [Fact]
    public async Task An_answer_is_waited_for_as_long_as_the_request_may_be_held_and_a_while()
    {
        var (here, there) = await StartNodesAsync();
        var asking = here.Bus.AskAsync(there.Id, Held).AsTask();
        var asked = await there.NextAsync();
        Assert.True(Held.Patience > Hold);

        await AdvanceAsync(Hold);
        Assert.False(asking.IsCompleted);
        asked.Answer.SetResult(new NodeAnswer { Head = "late" });

        Assert.Equal("late", (await asking.WaitAsync(Patience.Limit))!.Head);
    }

    [Fact]
    public async Task What_is_not_answered_in_time_has_no_answer_and_the_node_is_told()
    {
        var (here, there) = await StartNodesAsync();
        var asking = here.Bus.AskAsync(there.Id, Held).AsTask();
        var asked = await there.NextAsync();

        await AdvanceAsync(Held.Patience);

        Assert.Null(await asking.WaitAsync(Patience.Limit));
        await IsCancelledAsync(asked.Over);
    }

    [Fact]
    public async Task Who_asks_can_stop_waiting()
    {
        var (here, there) = await StartNodesAsync();
        using var enough = new CancellationTokenSource();
        var asking = here.Bus.AskAsync(there.Id, Held, enough.Token).AsTask();
        var asked = await there.NextAsync();

        await enough.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking.WaitAsync(Patience.Limit));
        await AdvanceAsync(Held.Patience); // by then at the latest
        await IsCancelledAsync(asked.Over);
    }

    [Fact]
    public async Task A_request_that_is_held_holds_up_no_other()
    {
        var (here, there) = await StartNodesAsync();
        var first = here.Bus.AskAsync(there.Id, Held).AsTask();
        var held = await there.NextAsync();

        var others = Enumerable.Range(0, 50).Select(n => here.Bus.AskAsync(there.Id, NodeRequests.Transport([(byte)n], Hold)).AsTask()).ToArray();
        for (var n = 0; n < others.Length; n++)
        {
            var asked = await there.NextAsync();
            asked.Answer.SetResult(new NodeAnswer { Body = ((NodeRequest.Transport)asked.Request).Body.ToArray() });
        }

        var answers = await Task.WhenAll(others).WaitAsync(Patience.Limit);
        Assert.Equal(Enumerable.Range(0, 50), answers.Select(static answer => (int)answer!.Body.Span[0]));
        Assert.False(first.IsCompleted);
        held.Answer.SetResult(NodeAnswer.Done);
        Assert.NotNull(await first.WaitAsync(Patience.Limit));
    }

    [Fact]
    public async Task A_node_that_fails_says_so()
    {
        var (here, there) = await StartNodesAsync();
        there.Answer = static _ => throw new InvalidOperationException("A fault.");

        Assert.Equal(ClientError.Internal, (await AskAsync(here, there, Held))!.Error);
    }

    [Fact]
    public async Task Every_node_is_asked_and_this_one_too()
    {
        var (here, there) = await StartNodesAsync();
        here.Answer = _ => new NodeAnswer { Head = here.Id };
        there.Answer = _ => new NodeAnswer { Head = there.Id };

        var answers = await here.Bus.AskAllAsync(new NodeRequest.Info()).AsTask().WaitAsync(Patience.Limit);

        Assert.Equal(new[] { here.Id, there.Id }.Distinct().Order(), answers.Select(static answer => answer.Head!).Order());
    }

    [Fact]
    public async Task A_bus_that_was_not_started_says_so()
    {
        var bus = CreateNode();
        _buses.Add(bus);

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await bus.AskAsync(NodeId.Create(), Held));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await bus.AskAllAsync(Held));
    }

    private async Task<TestNode> StartNodeAsync()
    {
        var bus = CreateNode();
        _buses.Add(bus);
        var node = new TestNode(bus);
        await bus.StartAsync(node.Id, node);
        return node;
    }

    /// <summary>Two nodes, or one twice (see <see cref="SpansNodes"/>).</summary>
    private async Task<(TestNode Here, TestNode There)> StartNodesAsync()
    {
        var here = await StartNodeAsync();
        return (here, SpansNodes ? await StartNodeAsync() : here);
    }

    private static Task<NodeAnswer?> AskAsync(TestNode from, TestNode to, NodeRequest request) =>
        from.Bus.AskAsync(to.Id, request).AsTask().WaitAsync(Patience.Limit);

    private static async Task IsCancelledAsync(CancellationToken token)
    {
        var cancelled = new TaskCompletionSource();
        await using var registration = token.Register(cancelled.SetResult);
        await cancelled.Task.WaitAsync(Patience.Limit);
    }

    private static async ValueTask EndAsync(INodeBus bus)
    {
        if (bus is IAsyncDisposable asyncDisposable) await asyncDisposable.DisposeAsync();
        else (bus as IDisposable)?.Dispose();
    }
}
