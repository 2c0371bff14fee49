namespace Parley.Specifications.Brokers;

public abstract partial class BrokerSpecification
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Events_of_concurrent_publishers_are_heard_in_the_order_of_their_offsets_one_at_a_time()
    {
        const int Publishers = 8;
        const int Each = 500;
        var (first, second, channel) = await StartSubscribedAsync();
        var inside = 0;
        var overlaps = 0;
        second.Events.OnEvent = (_, _) =>
        {
            if (Interlocked.Increment(ref inside) > 1)
                Interlocked.Increment(ref overlaps);
            Thread.Yield();
            Interlocked.Decrement(ref inside);
        };

        var answers = await Task.WhenAll(Enumerable.Range(0, Publishers).Select(number => Task.Run(async () =>
        {
            var node = number % 2 == 0 ? first : second;
            var offsets = new List<ulong>();
            for (var i = 0; i < Each; i++)
                offsets.Add((await node.PublishAsync(channel, $"{number}-{i}")).Position.Offset);
            return offsets;
        })));

        var heard = (await second.Events.WaitAsync(channel, Publishers * Each)).Select(e => e.Publication!).ToArray();
        Assert.Equal(Enumerable.Range(1, Publishers * Each).Select(i => (ulong)i), heard.Select(p => p.Offset));
        Assert.Single(heard.Select(p => p.Epoch).Distinct());
        Assert.Equal(0, overlaps);
        Assert.All(answers, offsets => Assert.Equal(offsets.Order(), offsets));
        Assert.Equal(Publishers * Each, answers.SelectMany(offsets => offsets).Distinct().Count());
    }

    [Fact]
    public async Task A_slow_reader_holds_up_no_other_publisher_of_the_channel()
    {
        var (publisher, reader, channel) = await StartSubscribedAsync();
        using var release = new ManualResetEventSlim();
        var isInside = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        reader.Events.OnEvent = (_, raised) =>
        {
            if (raised.ToString() == "1")
            {
                isInside.TrySetResult();
                Assert.True(release.Wait(Patience));
            }
        };
        var slow = Task.Run(async () => await publisher.PublishAsync(channel, "1"));
        await isInside.Task.WaitAsync(Patience);

        try
        {
            await Task.Run(async () =>
            {
                for (var i = 2; i <= 100; i++)
                    await publisher.PublishAsync(channel, $"{i}");
                Assert.Equal(100, (await publisher.ReadAsync(channel)).Publications.Count);
            }).WaitAsync(Patience);
            Assert.Empty(reader.Events.Of(channel));
        }
        finally
        {
            release.Set();
        }

        Assert.Equal(Numbers(1, 100), Texts(await reader.Events.WaitAsync(channel, 100)));
        await slow.WaitAsync(Patience);
    }

    [Fact]
    public async Task A_slow_reader_of_one_channel_does_not_hold_up_another()
    {
        var (publisher, reader, channel) = await StartSubscribedAsync();
        var other = NewChannel();
        await reader.Broker.SubscribeAsync(other);
        using var release = new ManualResetEventSlim();
        var isInside = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        reader.Events.OnEvent = (raisedIn, _) =>
        {
            if (raisedIn == channel)
            {
                isInside.TrySetResult();
                Assert.True(release.Wait(Patience));
            }
        };
        var slow = Task.Run(async () => await publisher.PublishAsync(channel, "1"));
        await isInside.Task.WaitAsync(Patience);

        try
        {
            await publisher.PublishAsync(other, "1");
            await reader.Events.WaitAsync(other, 1);
        }
        finally
        {
            release.Set();
        }

        await slow.WaitAsync(Patience);
    }

    [Fact]
    public async Task Subscribing_while_others_publish_misses_nothing_from_then_on()
    {
        var (publisher, reader) = await StartNodesAsync();
        var channel = NewChannel();
        using var stop = new CancellationTokenSource();
        var publishing = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
                await publisher.PublishAsync(channel, "x");
        });

        for (var round = 0; round < 20; round++)
        {
            // An event of the round before may still be on its way, and is at most at this offset.
            var old = (await reader.ReadAsync(channel, limit: 0)).Top.Offset;
            var before = reader.Events.Of(channel).Length;
            await reader.Broker.SubscribeAsync(channel);
            var top = (await reader.ReadAsync(channel, limit: 0)).Top.Offset;

            // What follows is not published by this test, so that nothing orders it after the subscription but the broker.
            var heard = await reader.Events.WaitAsync(channel, before + 10);
            await reader.Broker.UnsubscribeAsync(channel);
            var offsets = heard[before..].Select(e => e.Publication!.Offset).Where(offset => offset > old).ToArray();
            Assert.True(offsets[0] <= top + 1, $"subscribed at {top}, but heard from {offsets[0]}");
            Assert.Equal(Enumerable.Range(0, offsets.Length).Select(i => offsets[0] + (ulong)i), offsets);
        }

        await stop.CancelAsync();
        await publishing.WaitAsync(Patience);
    }

    [Fact]
    public async Task Any_mixture_of_calls_at_once_ends_and_leaves_the_channel_in_order()
    {
        var (first, second) = await StartNodesAsync();
        var channel = NewChannel();

        await Task.WhenAll(Enumerable.Range(0, 6).Select(worker => Task.Run(async () =>
        {
            var random = new Random(worker);
            var node = worker % 2 == 0 ? first : second;
            for (var i = 0; i < 300; i++)
            {
                switch (random.Next(8))
                {
                    case 0:
                        await node.Broker.SubscribeAsync(channel);
                        break;
                    case 1:
                        await node.Broker.UnsubscribeAsync(channel);
                        break;
                    case 2:
                        await node.ReadAsync(channel);
                        break;
                    case 3:
                        await node.Broker.RemoveHistoryAsync(channel);
                        break;
                    case 4:
                        await node.Broker.PublishJoinAsync(channel, Client($"{worker}"));
                        break;
                    default:
                        await node.PublishAsync(channel, "x", request => request with { HistorySize = random.Next(4) });
                        break;
                }
            }
        }))).WaitAsync(Patience);

        await first.Broker.UnsubscribeAsync(channel);
        await second.Broker.SubscribeAsync(channel);
        var top = (await second.ReadAsync(channel, limit: 0)).Top;
        var last = await first.PublishAsync(channel, "last");
        Assert.Equal(top with { Offset = top.Offset + 1 }, last.Position);
        await WaitForLastAsync(second, channel);
        var offsets = second.Events.Of(channel).Select(e => e.Publication?.Offset ?? 0).Where(offset => offset > 0).ToArray();
        Assert.Equal(offsets.Distinct().Order(), offsets);
    }

    private static async Task WaitForLastAsync(BrokerNode node, string channel)
    {
        for (var count = 1; ; count++)
        {
            var events = await node.Events.WaitAsync(channel, count);
            if (events[^1].ToString() == "last")
                return;
            count = events.Length;
        }
    }
}
