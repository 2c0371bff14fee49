using Parley.Brokers.Memory;

namespace Parley.Tests.Brokers;

/// <summary>How events wait and who raises them.</summary>
public sealed class MemoryBrokerQueueTests : MemoryBrokerHost
{
    private const int Bound = MemoryChannel.MaxPending;

    [Fact]
    public async Task Publishers_wait_while_as_many_events_as_allowed_are_pending_and_then_go_on()
    {
        await using var reader = await BlockAsync();
        for (var i = 1; i <= Bound; i++)
            Assert.True(Node.PublishAsync(Channel, $"{i}").IsCompletedSuccessfully);

        var waiting = Node.PublishAsync(Channel, $"{Bound + 1}").AsTask();
        var joining = Broker.PublishJoinAsync(Channel, new ClientInfo("", "client")).AsTask();
        Assert.False(waiting.IsCompleted);
        Assert.False(joining.IsCompleted);
        Assert.Equal((ulong)Bound + 1, (await Node.ReadAsync(Channel, limit: 0)).Top.Offset);

        reader.Release();
        await waiting.WaitAsync(Patience);
        await joining.WaitAsync(Patience);
        var heard = Texts(await Events.WaitAsync(Channel, Bound + 3));
        Assert.Equal(Numbers(0, Bound), heard[..(Bound + 1)]);
        Assert.Equal(["+client", $"{Bound + 1}"], heard[(Bound + 1)..].Order());
    }

    [Fact]
    public async Task Any_number_of_waiting_publishers_gets_through()
    {
        await using var reader = await BlockAsync();
        var publishers = Enumerable.Range(1, 3 * Bound).Select(i => Node.PublishAsync(Channel, $"{i}").AsTask()).ToArray();
        Assert.Equal(Bound, publishers.Count(publisher => publisher.IsCompleted));

        reader.Release();
        await Task.WhenAll(publishers).WaitAsync(Patience);

        var heard = (await Events.WaitAsync(Channel, (3 * Bound) + 1)).Select(e => e.Publication!.Offset).ToArray();
        Assert.Equal(Enumerable.Range(1, (3 * Bound) + 1).Select(i => (ulong)i), heard);
    }

    [Fact]
    public async Task A_publisher_that_gives_up_waiting_has_not_published()
    {
        await using var reader = await BlockAsync();
        for (var i = 1; i <= Bound; i++)
            await Node.PublishAsync(Channel, $"{i}");

        using var impatience = new CancellationTokenSource();
        var waiting = Broker.PublishAsync(Channel, Node.Request("never"), impatience.Token).AsTask();
        await impatience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);

        reader.Release();
        Assert.Equal(Numbers(0, Bound), Texts(await Events.WaitAsync(Channel, Bound + 1)));
        Assert.Equal((ulong)Bound + 1, (await Node.ReadAsync(Channel, limit: 0)).Top.Offset);
    }

    [Fact]
    public async Task A_suppressed_publication_waits_for_nobody()
    {
        await using var reader = await BlockAsync();
        for (var i = 1; i <= Bound; i++)
            await Node.PublishAsync(Channel, $"{i}", request => request with { IdempotencyKey = $"{i}", Version = (ulong)i });

        Assert.True((await Node.PublishAsync(Channel, "", request => request with { IdempotencyKey = "1" })).IsSuppressed);
        Assert.True((await Node.PublishAsync(Channel, "", request => request with { Version = 1 })).IsSuppressed);
    }

    [Fact]
    public async Task Unsubscribing_drops_what_is_pending_and_lets_the_waiting_go_on()
    {
        await using var reader = await BlockAsync();
        for (var i = 1; i <= Bound; i++)
            await Node.PublishAsync(Channel, $"{i}");
        var waiting = Node.PublishAsync(Channel, "late").AsTask();
        Assert.False(waiting.IsCompleted);

        await Broker.UnsubscribeAsync(Channel);
        Assert.Equal((ulong)Bound + 2, (await waiting.WaitAsync(Patience)).Position.Offset);
        await Broker.SubscribeAsync(Channel);
        await Node.PublishAsync(Channel, "again");
        reader.Release();

        Assert.Equal(["0", "again"], Texts(await Events.WaitAsync(Channel, 2)));
    }

    [Fact]
    public async Task Events_stay_one_at_a_time_though_the_channel_was_left_and_entered_again_meanwhile()
    {
        await using var reader = await BlockAsync(historySize: 0);
        await Broker.UnsubscribeAsync(Channel);
        await Broker.SubscribeAsync(Channel);

        await Node.PublishAsync(Channel, "again", request => request with { HistorySize = 0 });
        Assert.Empty(Events.Of(Channel));
        reader.Release();

        Assert.Equal(["0", "again"], Texts(await Events.WaitAsync(Channel, 2)));
    }

    [Fact]
    public async Task A_publisher_raises_a_bounded_number_of_events_of_others()
    {
        await using var reader = await BlockAsync();
        for (var i = 1; i <= 500; i++)
            await Node.PublishAsync(Channel, $"{i}");
        var raisedByFirst = 0;
        Events.OnEvent = (_, _) => raisedByFirst += reader.IsCurrentThread ? 1 : 0;

        reader.Release();
        Assert.Equal(Numbers(0, 500), Texts(await Events.WaitAsync(Channel, 501)));
        Assert.InRange(raisedByFirst, 1, 64);
    }

    [Fact]
    public async Task A_reader_may_publish_to_its_channel_and_is_heard_after_what_is_pending()
    {
        await Broker.SubscribeAsync(Channel);
        Events.OnEvent = (_, raised) =>
        {
            if (int.Parse(raised.ToString()) is var number and < 1_000)
                Assert.True(Node.PublishAsync(Channel, $"{number + 1}").IsCompletedSuccessfully);
        };

        await Node.PublishAsync(Channel, "0");

        Assert.Equal(Numbers(0, 1_000), Texts(await Events.WaitAsync(Channel, 1_001)));
    }

    [Fact]
    public async Task A_reader_that_publishes_while_too_many_events_are_pending_does_not_wait_for_itself()
    {
        var isCompleted = false;
        await using var reader = await BlockAsync(afterwards: () => isCompleted = Node.PublishAsync(Channel, "from inside").IsCompletedSuccessfully);
        for (var i = 1; i <= Bound; i++)
            await Node.PublishAsync(Channel, $"{i}");

        reader.Release();

        Assert.Equal("from inside", Texts(await Events.WaitAsync(Channel, Bound + 2))[^1]);
        Assert.True(isCompleted);
    }

    [Fact]
    public async Task Readers_that_publish_from_channel_to_channel_do_not_go_deeper_and_deeper()
    {
        const int Channels = 20_000;
        for (var i = 0; i <= Channels; i++)
            await Broker.SubscribeAsync($"{i}");
        Events.OnEvent = (channel, _) =>
        {
            if (int.Parse(channel) is var number and < Channels)
                Assert.True(Node.PublishAsync($"{number + 1}", "x").IsCompletedSuccessfully);
        };

        await Node.PublishAsync("0", "x");

        await Events.WaitAsync($"{Channels}", 1);
    }

    [Fact]
    public async Task A_reader_that_throws_fails_no_publication_and_silences_no_channel()
    {
        await Broker.SubscribeAsync(Channel);
        Events.OnEvent = (_, raised) =>
        {
            if (raised.ToString() == "bad")
                throw new InvalidOperationException("A reader must not throw.");
        };

        Assert.Equal(1ul, (await Node.PublishAsync(Channel, "bad")).Position.Offset);
        await Node.PublishAsync(Channel, "good");

        Assert.Equal(["good"], Texts(Events.Of(Channel)));
    }

    /// <summary>Subscribes, and publishes "0" from a thread of its own, which stays in the event until it is released.</summary>
    private async Task<BlockedReader> BlockAsync(Action? afterwards = null, int historySize = 100)
    {
        await Broker.SubscribeAsync(Channel);
        var reader = new BlockedReader(afterwards);
        Events.OnEvent = (_, raised) =>
        {
            if (raised.ToString() == "0")
                reader.Enter();
        };
        await reader.StartAsync(() => _ = Node.PublishAsync(Channel, "0", request => request with { HistorySize = historySize }).AsTask());
        return reader;
    }

    private sealed class BlockedReader(Action? afterwards) : IAsyncDisposable
    {
        private readonly TaskCompletionSource _isInside = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _hasEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly ManualResetEventSlim _released = new();
        private Thread? _thread;

        public bool IsCurrentThread => Thread.CurrentThread == _thread;

        public Task StartAsync(Action publish)
        {
            _thread = new Thread(() =>
            {
                publish();
                _hasEnded.SetResult();
            });
            _thread.Start();
            return _isInside.Task.WaitAsync(Patience);
        }

        public void Enter()
        {
            _isInside.SetResult();
            Assert.True(_released.Wait(Patience));
            afterwards?.Invoke();
        }

        public void Release() => _released.Set();

        public async ValueTask DisposeAsync()
        {
            Release();
            await _hasEnded.Task.WaitAsync(Patience);
            _released.Dispose();
        }
    }
}
