namespace Parley.Specifications.Brokers;

public abstract partial class BrokerSpecification
{
    private static ClientInfo Client(string client) => new("user", client);

    [Fact]
    public async Task A_channel_is_heard_by_the_nodes_subscribed_to_it_only()
    {
        var (publisher, reader) = await StartNodesAsync();
        var (heard, unheard) = (NewChannel(), NewChannel());
        await reader.Broker.SubscribeAsync(heard);

        await publisher.PublishAsync(unheard, "x");
        await publisher.Broker.PublishJoinAsync(unheard, Client("x"));
        await publisher.PublishAsync(heard, "1");
        await reader.Events.WaitAsync(heard, 1);
        await reader.Broker.SubscribeAsync(unheard);
        await publisher.PublishAsync(unheard, "first");

        Assert.Equal(["first"], Texts(await reader.Events.WaitAsync(unheard, 1)));
        Assert.Equal(["1"], Texts(reader.Events.Of(heard)));
        Assert.True(publisher == reader || publisher.Events.Of(heard).Length == 0);
    }

    [Fact]
    public async Task What_is_published_after_Subscribe_returned_is_heard()
    {
        var (publisher, reader) = await StartNodesAsync();

        for (var i = 0; i < 50; i++)
        {
            var channel = NewChannel();
            await reader.Broker.SubscribeAsync(channel);
            await publisher.PublishAsync(channel, "x", request => request with { HistorySize = i % 2 });
            await reader.Events.WaitAsync(channel, 1);
        }
    }

    [Fact]
    public async Task What_is_published_after_Unsubscribe_returned_is_not_heard()
    {
        var (publisher, reader, channel) = await StartSubscribedAsync();
        var other = NewChannel();
        await reader.Broker.SubscribeAsync(other);
        await publisher.PublishAsync(channel, "1");
        await reader.Events.WaitAsync(channel, 1);

        await reader.Broker.UnsubscribeAsync(channel);
        await publisher.PublishAsync(channel, "unheard");
        await publisher.Broker.PublishJoinAsync(channel, Client("unheard"));
        await publisher.Broker.PublishLeaveAsync(channel, Client("unheard"));
        await reader.Broker.SubscribeAsync(channel);
        await publisher.PublishAsync(channel, "2");
        await publisher.PublishAsync(other, "other");

        Assert.Equal(["1", "2"], Texts(await reader.Events.WaitAsync(channel, 2)));
        Assert.Equal(["other"], Texts(await reader.Events.WaitAsync(other, 1)));
        Assert.Equal(["1", "unheard", "2"], await reader.ReadTextsAsync(channel));
    }

    [Fact]
    public async Task Unsubscribing_from_an_unknown_channel_does_nothing()
    {
        var node = await StartNodeAsync();
        await node.Broker.UnsubscribeAsync(NewChannel());
    }

    [Fact]
    public async Task Publications_joins_and_leaves_are_heard_in_the_order_they_were_made()
    {
        var (publisher, reader, channel) = await StartSubscribedAsync();

        for (var i = 0; i < 50; i++)
        {
            await publisher.Broker.PublishJoinAsync(channel, Client($"{i}"));
            await publisher.PublishAsync(channel, $"{i}", request => request with { HistorySize = i % 2 });
            await publisher.Broker.PublishLeaveAsync(channel, Client($"{i}"));
        }

        Assert.Equal(
            Enumerable.Range(0, 50).SelectMany(i => new[] { $"+{i}", $"{i}", $"-{i}" }),
            Texts(await reader.Events.WaitAsync(channel, 150)));
    }

    [Fact]
    public async Task Joins_and_leaves_tell_who_it_is_and_are_not_in_the_history()
    {
        var (publisher, reader, channel) = await StartSubscribedAsync();
        var info = new ClientInfo("user", "client", new byte[] { 1, 2 }, new byte[] { 3 });

        await publisher.Broker.PublishJoinAsync(channel, info);
        await publisher.Broker.PublishLeaveAsync(channel, info);

        var events = await reader.Events.WaitAsync(channel, 2);
        Assert.All([events[0].Joined!, events[1].Left!], heard =>
        {
            Assert.Equal((info.User, info.Client), (heard.User, heard.Client));
            Assert.Equal(info.ConnectionInfo.ToArray(), heard.ConnectionInfo.ToArray());
            Assert.Equal(info.ChannelInfo.ToArray(), heard.ChannelInfo.ToArray());
        });
        var page = await reader.ReadAsync(channel);
        Assert.Equal((0, 0ul), (page.Publications.Count, page.Top.Offset));
    }

    [Fact]
    public async Task All_nodes_hear_the_same_order()
    {
        var (first, second, channel) = await StartSubscribedAsync();
        await first.Broker.SubscribeAsync(channel);

        await Task.WhenAll(new[] { first, second }.Select((node, index) => Task.Run(async () =>
        {
            for (var i = 0; i < 200; i++)
                await node.PublishAsync(channel, $"{index}-{i}", request => request with { HistorySize = 1_000 });
        })));

        var heard = Texts(await first.Events.WaitAsync(channel, 400));
        Assert.Equal(heard, Texts(await second.Events.WaitAsync(channel, 400)));
        Assert.Equal(heard, await first.ReadTextsAsync(channel));
    }

    [Fact]
    public async Task A_cancelled_publication_is_not_published()
    {
        var (publisher, reader, channel) = await StartSubscribedAsync();
        var cancelled = new CancellationToken(canceled: true);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await publisher.Broker.PublishAsync(channel, publisher.Request("x"), cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await publisher.Broker.PublishJoinAsync(channel, Client("x"), cancelled));
        await publisher.PublishAsync(channel, "1");

        Assert.Equal(["1"], Texts(await reader.Events.WaitAsync(channel, 1)));
        Assert.Equal(["1"], await reader.ReadTextsAsync(channel));
    }
}
