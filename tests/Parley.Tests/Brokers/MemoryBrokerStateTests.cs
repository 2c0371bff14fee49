using Parley.Brokers;
using Parley.Brokers.Memory;

namespace Parley.Tests.Brokers;

/// <summary>What the broker in memory keeps, for how long, and what it costs.</summary>
public sealed class MemoryBrokerStateTests : MemoryBrokerHost
{
    private static BrokerPublishRequest WithoutHistory(BrokerPublishRequest request) => request with { HistorySize = 0 };

    [Fact]
    public async Task Publishing_without_history_where_nobody_listens_leaves_no_trace()
    {
        for (var i = 0; i < 100; i++)
        {
            await Node.PublishAsync($"{i}", "x", WithoutHistory);
            await Broker.PublishJoinAsync($"{i}", new ClientInfo("", "x"));
            await Broker.RemoveHistoryAsync($"{i}");
            await Broker.UnsubscribeAsync($"{i}");
        }

        Assert.Equal(0, Broker.ChannelCount);
    }

    [Fact]
    public async Task A_channel_is_forgotten_with_its_last_subscription()
    {
        await Broker.SubscribeAsync(Channel);
        await Node.PublishAsync(Channel, "x", WithoutHistory);
        Assert.Equal(1, Broker.ChannelCount);

        await Broker.UnsubscribeAsync(Channel);

        Assert.Equal(0, Broker.ChannelCount);
    }

    [Fact]
    public async Task A_channel_is_forgotten_with_its_last_key_without_anyone_asking()
    {
        for (var i = 0; i < 100; i++)
            await Node.PublishAsync($"{i}", "x", request => WithoutHistory(request) with { IdempotencyKey = "key" });
        Assert.Equal(100, Broker.ChannelCount);

        Time.Advance(TimeSpan.FromMinutes(5) + TimeSpan.FromSeconds(2));

        Assert.Equal(0, Broker.ChannelCount);
        Assert.Equal(0, Broker.Wheel.Count);
    }

    [Fact]
    public async Task A_channel_is_forgotten_with_its_stream_and_version()
    {
        await Node.PublishAsync("version", "x", request => WithoutHistory(request) with { Version = 1 });
        await Node.PublishAsync("stream", "x");
        Assert.Equal(2, Broker.ChannelCount);

        Time.Advance(99 * Unit);
        Assert.Equal(2, Broker.ChannelCount);
        Time.Advance(2 * Unit);

        Assert.Equal(0, Broker.ChannelCount);
        Assert.Equal(0, Broker.Wheel.Count);
    }

    [Fact]
    public async Task A_stream_that_was_only_read_is_forgotten_after_ten_minutes()
    {
        for (var i = 0; i < 100; i++)
            await Node.ReadAsync($"{i}");
        var top = (await Node.ReadAsync(Channel)).Top;

        Time.Advance(TimeSpan.FromMinutes(9));
        Assert.Equal(top, (await Node.ReadAsync(Channel)).Top);
        Time.Advance(TimeSpan.FromMinutes(2));

        Assert.Equal(1, Broker.ChannelCount);
        Assert.Equal(top with { Offset = 1 }, (await Node.PublishAsync(Channel, "x")).Position);
    }

    [Fact]
    public async Task Expired_publications_are_let_go_without_anyone_asking()
    {
        var (kept, data) = await PublishAsync();

        Time.Advance(11 * Unit);
        Collect(data);

        Assert.False(data.IsAlive);
        Assert.Equal(1, Broker.ChannelCount);
        GC.KeepAlive(kept);

        // In a method of its own, so that no local of this test holds on to the payload.
        async Task<(object Kept, WeakReference Data)> PublishAsync()
        {
            var bytes = new byte[100];
            await Node.PublishAsync(Channel, "", request => request with { Data = bytes });
            return (Broker, new WeakReference(bytes));
        }

        static void Collect(WeakReference reference)
        {
            for (var i = 0; i < 10 && reference.IsAlive; i++)
                GC.Collect();
        }
    }

    [Fact]
    public async Task A_subscribed_channel_stays_when_all_else_has_expired()
    {
        await Broker.SubscribeAsync(Channel);
        await Node.PublishAsync(Channel, "1", request => request with { IdempotencyKey = "key" });

        Time.Advance(101 * Unit);
        await Node.PublishAsync(Channel, "2");

        Assert.Equal(["1", "2"], Texts(Events.Of(Channel)));
    }

    [Fact]
    public async Task A_channel_forgotten_and_made_again_all_the_time_loses_no_event()
    {
        // Each round's publisher and subscriber meet at the moment when the channel has no reason to exist.
        using var stop = new CancellationTokenSource();
        var noise = Enumerable.Range(0, 2).Select(_ => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                await Node.PublishAsync(Channel, "noise", request => WithoutHistory(request) with { IdempotencyKey = "noise" });
                await Broker.PublishLeaveAsync(Channel, new ClientInfo("", "noise"));
                Time.Advance(TimeSpan.FromMinutes(6));
            }
        })).ToArray();

        for (var round = 0; round < 2_000; round++)
        {
            await Broker.SubscribeAsync(Channel);
            await Node.PublishAsync(Channel, $"{round}", WithoutHistory);
            while (!Texts(Events.Of(Channel)).Contains($"{round}"))
                await Events.WaitAsync(Channel, Events.Of(Channel).Length + 1);
            await Broker.UnsubscribeAsync(Channel);
            Events.Clear();
        }

        await stop.CancelAsync();
        await Task.WhenAll(noise).WaitAsync(Patience);
        Time.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal(0, Broker.ChannelCount);
    }

    [Fact]
    public void A_forgotten_channel_takes_nothing_more_so_that_nothing_is_lost_in_it()
    {
        var channel = new MemoryChannel(Channel, Broker);
        channel.TrySubscribe();
        channel.Unsubscribe();

        Assert.Equal(Attempt.Removed, channel.TrySubscribe());
        Assert.Equal(Attempt.Removed, channel.TryPublish(Node.Request("x"), out _));
        Assert.Equal(Attempt.Removed, channel.TryRead(new HistoryQuery { Limit = 0 }, out _));
        Assert.Equal(Attempt.Removed, channel.TryRaise(PendingEvent.OfJoin(new ClientInfo("", "x"))));
        Assert.Equal(0, Broker.Wheel.Count);
    }

    [Fact]
    public async Task An_epoch_is_eight_random_letters()
    {
        var epochs = new HashSet<string>();
        for (var i = 0; i < 1_000; i++)
            epochs.Add((await Node.ReadAsync($"{i}", limit: 0)).Top.Epoch);

        Assert.Equal(1_000, epochs.Count);
        Assert.All(epochs, epoch => Assert.Matches("^[A-Za-z]{8}$", epoch));
        Assert.Equal(52, epochs.SelectMany(epoch => epoch).Distinct().Count());
    }

    [Theory]
    [InlineData(100)]
    [InlineData(0)]
    public async Task A_publication_is_all_that_publishing_allocates(int historySize)
    {
        const int Count = 10_000;
        using var broker = new MemoryBroker(TimeProvider.System);
        await broker.StartAsync(new DeafReader());
        await broker.SubscribeAsync(Channel);
        var request = Node.Request("x") with { HistorySize = historySize };
        Publish(broker, request, 1_000);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Publish(broker, request, Count);
        var each = (GC.GetAllocatedBytesForCurrentThread() - before) / Count;

        Assert.InRange(each, 1, 80);

        static void Publish(MemoryBroker broker, BrokerPublishRequest request, int count)
        {
            for (var i = 0; i < count; i++)
                Assert.True(broker.PublishAsync(Channel, request).IsCompletedSuccessfully);
        }
    }

    [Fact]
    public async Task Subscribing_needs_a_started_broker_and_a_broker_starts_once()
    {
        using var broker = new MemoryBroker(Time);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await broker.SubscribeAsync(Channel));
        await broker.StartAsync(Events);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await broker.StartAsync(Events));
    }

    [Fact]
    public async Task A_limit_below_minus_one_is_refused() =>
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await Node.ReadAsync(Channel, limit: -2));

    private sealed class DeafReader : IBrokerEvents
    {
        public void OnPublication(string channel, Publication publication)
        {
        }

        public void OnJoin(string channel, ClientInfo info)
        {
        }

        public void OnLeave(string channel, ClientInfo info)
        {
        }
    }
}
