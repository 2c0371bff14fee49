using System.Text.Json.Nodes;
using Parley.EndToEnd.Tests.Clients;
using Parley.EndToEnd.Tests.Servers;

namespace Parley.EndToEnd.Tests.Scenarios;

/// <summary>What the protocol offers, against a server that permits everything.</summary>
public abstract class ProtocolScenarios(OpenServer server, SdkHost sdk)
{
    [Theory, EveryWay]
    public async Task A_client_needs_no_token_where_none_is_asked_for(SdkWay way)
    {
        await using var client = await ConnectAsync(way);

        await client.SubscribeAsync(NewChannel());
    }

    [Theory, EveryWay]
    public async Task A_bad_token_is_refused_even_where_none_is_asked_for(SdkWay way)
    {
        await using var client = await sdk.OpenAsync(way, server.Address, new SdkClientOptions { Token = "bad" });

        await client.StartConnectingAsync();

        Assert.Equal(new SdkReason(3500, "invalid token"), await client.DisconnectedAsync());
    }

    [Theory, EveryWay]
    public async Task A_private_channel_needs_a_token_even_where_none_is_asked_for(SdkWay way)
    {
        await using var client = await ConnectAsync(way);
        var subscription = await client.OpenSubscriptionAsync("$" + NewChannel());

        await subscription.StartSubscribingAsync();

        Assert.Equal(new SdkReason(103, "permission denied"), await subscription.UnsubscribedAsync());
    }

    [Theory, EveryWay]
    public async Task Publications_arrive_in_order_at_their_publisher_too(SdkWay way)
    {
        var channel = NewChannel();
        await using var client = await ConnectAsync(way);
        var subscription = await client.SubscribeAsync(channel);

        for (var i = 1; i <= 20; i++)
            await client.PublishAsync(channel, i);

        for (var i = 1; i <= 20; i++)
        {
            var publication = await subscription.PublicationAsync();
            Assert.Equal((i, (ulong)i), (publication.Data.GetInt32(), publication.Offset!.Value));
        }
    }

    [Theory, EveryWay]
    public async Task A_channel_without_history_has_no_offsets(SdkWay way)
    {
        var channel = NewChannel("bare");
        await using var client = await ConnectAsync(way);
        var subscription = await client.SubscribeAsync(channel);

        await client.PublishAsync(channel, "once");

        Assert.Null((await subscription.PublicationAsync()).Offset);
        Assert.Equal(108, (await Assert.ThrowsAsync<SdkException>(() => client.HistoryAsync(channel, 1))).Code);
    }

    [Theory, EveryWay]
    public async Task Presence_lists_the_clients_of_a_channel(SdkWay way)
    {
        var channel = NewChannel();
        await using var first = await OpenAsync(way);
        await using var second = await OpenAsync(way);
        var ids = new[] { (await first.ConnectAsync()).Client, (await second.ConnectAsync()).Client };
        await first.SubscribeAsync(channel);
        await second.SubscribeAsync(channel);

        var presence = await first.PresenceAsync(channel);

        Assert.Equal(ids.Order(), presence.Clients.Keys.Order());
        Assert.All(presence.Clients, static member => Assert.Equal((member.Key, ""), (member.Value.Client, member.Value.User)));
        Assert.Equal(new SdkPresenceStats(2, 1), await first.PresenceStatsAsync(channel));
    }

    [Theory, EveryWay]
    public async Task Who_has_unsubscribed_is_no_longer_counted_by_the_next_command(SdkWay way)
    {
        await using var client = await ConnectAsync(way);
        for (var round = 0; round < 20; round++)
        {
            var channel = NewChannel();
            var subscription = await client.SubscribeAsync(channel);
            Assert.Equal(1, (await client.PresenceStatsAsync(channel)).NumClients);

            await subscription.UnsubscribeAsync();

            Assert.Equal(0, (await client.PresenceStatsAsync(channel)).NumClients);
        }
    }

    [Theory, EveryWay]
    public async Task A_channel_can_be_left_and_joined_again_at_once(SdkWay way)
    {
        await using var client = await ConnectAsync(way);
        var subscription = await client.SubscribeAsync(NewChannel());

        for (var round = 0; round < 20; round++)
        {
            await subscription.UnsubscribeAsync();
            await subscription.SubscribeAsync();
        }

        await client.PublishAsync(subscription.Channel, "still here");
        Assert.Equal("still here", (await subscription.PublicationAsync()).Data.GetString());
        Assert.Equal(0, subscription.Events.CountUntaken("error"));
    }

    [Theory, EveryWay]
    public async Task Joins_and_leaves_are_told_in_order_with_the_own_join_first(SdkWay way)
    {
        var channel = NewChannel();
        await using var watcher = await OpenAsync(way);
        var watcherId = (await watcher.ConnectAsync()).Client;
        var watching = await watcher.SubscribeAsync(channel, options: new JsonObject { ["joinLeave"] = true });
        await using var visitor = await OpenAsync(way);
        var visitorId = (await visitor.ConnectAsync()).Client;

        var visit = await visitor.SubscribeAsync(channel);
        await visit.UnsubscribeAsync();
        await visit.SubscribeAsync();
        await visitor.DisconnectAsync();

        Assert.Equal(watcherId, (await watching.JoinAsync()).Info.Client);
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(visitorId, (await watching.JoinAsync()).Info.Client);
            Assert.Equal(visitorId, (await watching.LeaveAsync()).Info.Client);
        }
    }

    [Theory, EveryWay]
    public async Task History_is_read_forwards_backwards_and_from_a_position(SdkWay way)
    {
        var channel = NewChannel();
        await using var client = await ConnectAsync(way);
        for (var i = 1; i <= 5; i++)
            await server.Api.PublishAsync(channel, i);

        var top = await client.HistoryAsync(channel, limit: 0);
        Assert.Equal((5UL, 0), (top.Offset, top.Publications.Count));
        Assert.Equal([1, 2, 3], Numbers(await client.HistoryAsync(channel, limit: 3)));
        Assert.Equal([5, 4, 3], Numbers(await client.HistoryAsync(channel, limit: 3, reverse: true)));
        Assert.Equal([1, 2, 3, 4, 5], Numbers(await client.HistoryAsync(channel, limit: -1)));
        var third = new SdkPosition(3, top.Epoch);
        Assert.Equal([4, 5], Numbers(await client.HistoryAsync(channel, limit: -1, since: third)));
        Assert.Equal([2, 1], Numbers(await client.HistoryAsync(channel, limit: -1, since: third, reverse: true)));
        Assert.Empty(Numbers(await client.HistoryAsync(channel, limit: -1, since: new SdkPosition(5, top.Epoch))));
    }

    [Theory, EveryWay]
    public async Task A_position_that_history_does_not_reach_is_answered_with_112(SdkWay way)
    {
        var channel = NewChannel("short");
        await using var client = await ConnectAsync(way);
        for (var i = 1; i <= 6; i++)
            await server.Api.PublishAsync(channel, i);
        var top = await client.HistoryAsync(channel, limit: 0);

        var lost = await Assert.ThrowsAsync<SdkException>(() => client.HistoryAsync(channel, -1, new SdkPosition(1, top.Epoch)));
        var otherEpoch = await Assert.ThrowsAsync<SdkException>(() => client.HistoryAsync(channel, -1, new SdkPosition(5, "other")));

        Assert.Equal((112, 112), (lost.Code, otherEpoch.Code));
        Assert.Equal([4, 5, 6], Numbers(await client.HistoryAsync(channel, -1, new SdkPosition(3, top.Epoch))));
    }

    [Theory, EveryWay]
    public async Task A_client_that_asks_for_it_starts_from_a_position_it_knows(SdkWay way)
    {
        var channel = NewChannel();
        await using var client = await ConnectAsync(way);
        for (var i = 1; i <= 3; i++)
            await server.Api.PublishAsync(channel, i);
        var top = await client.HistoryAsync(channel, limit: 0);
        var since = new JsonObject { ["offset"] = 1, ["epoch"] = top.Epoch };
        var subscription = await client.OpenSubscriptionAsync(channel, options: new JsonObject { ["since"] = since, ["recoverable"] = true });

        var subscribed = await subscription.SubscribeAsync();

        Assert.Equal((true, true, true), (subscribed.Recoverable, subscribed.WasRecovering, subscribed.Recovered));
        Assert.Equal(2, (await subscription.PublicationAsync()).Data.GetInt32());
        Assert.Equal(3, (await subscription.PublicationAsync()).Data.GetInt32());
    }

    [Theory, EveryWay]
    public async Task A_call_that_nothing_answers_fails_with_108(SdkWay way)
    {
        await using var client = await ConnectAsync(way);

        var error = await Assert.ThrowsAsync<SdkException>(() => client.RpcAsync("anything", new JsonObject()));

        Assert.Equal((108, "108 not available"), (error.Code, error.Message));
    }

    [Theory, EveryWay]
    public async Task A_message_that_nothing_takes_ends_the_client(SdkWay way)
    {
        await using var client = await ConnectAsync(way);

        await client.SendAsync("to nobody");

        Assert.Equal(new SdkReason(3508, "not available"), await client.DisconnectedAsync());
    }

    [Theory, BothFormats]
    public async Task Subscriptions_travel_with_the_connect_command(SdkWay way)
    {
        await using var client = await OpenAsync(way);
        List<SdkSubscription> subscriptions = [];
        for (var i = 0; i < 10; i++)
        {
            subscriptions.Add(await client.OpenSubscriptionAsync(NewChannel()));
            await subscriptions[^1].StartSubscribingAsync();
        }

        await client.ConnectAsync();

        foreach (var subscription in subscriptions)
        {
            await subscription.SubscribedAsync();
            await server.Api.PublishAsync(subscription.Channel, subscription.Channel);
            Assert.Equal(subscription.Channel, (await subscription.PublicationAsync()).Data.GetString());
        }

        // What Parley.Client puts into its first frame is seen by the scripted server of its own tests.
        if (!way.IsDotNet())
            Assert.Equal(11, Assert.Single(await client.SentCommandsAsync()));
    }

    [Theory, EveryWay]
    public async Task Commands_may_come_faster_than_they_are_answered(SdkWay way)
    {
        var channel = NewChannel();
        await using var client = await ConnectAsync(way);
        var subscription = await client.SubscribeAsync(channel);

        await Task.WhenAll(Enumerable.Range(1, 200).Select(number => client.PublishAsync(channel, number)));

        var numbers = new HashSet<int>();
        for (var offset = 1UL; offset <= 200; offset++)
        {
            var publication = await subscription.PublicationAsync();
            Assert.Equal(offset, publication.Offset);
            Assert.True(numbers.Add(publication.Data.GetInt32()));
        }
    }

    private static string NewChannel(string? channelNamespace = null) => OpenServer.NewChannel(channelNamespace);

    private static IEnumerable<int> Numbers(SdkHistory history) => history.Publications.Select(static one => one.Data.GetInt32());

    private Task<SdkClient> OpenAsync(SdkWay way) => sdk.OpenAsync(way, server.Address);

    private async Task<SdkClient> ConnectAsync(SdkWay way)
    {
        var client = await OpenAsync(way);
        await client.ConnectAsync();
        return client;
    }
}

public sealed class OneByOneProtocolTests(OneByOneServer server, SdkHost sdk)
    : ProtocolScenarios(server, sdk), IClassFixture<OneByOneServer>;

public sealed class ConcurrentProtocolTests(ConcurrentServer server, SdkHost sdk)
    : ProtocolScenarios(server, sdk), IClassFixture<ConcurrentServer>;
