using System.Text;
using System.Text.Json;
using Parley.Client.Tests.Events;
using Parley.Client.Tests.Servers;
using Parley.Testing;

namespace Parley.Client.Tests.Commands;

public sealed class CommandTests(ClientServer server) : IClassFixture<ClientServer>
{
    [Theory, EveryWay]
    public async Task A_publication_reaches_the_others_and_its_publisher(Way way)
    {
        var channel = ClientServer.NewChannel("chat");
        await using var ada = server.NewClient(way, options => options.Token = server.Tokens.Connection("ada"));
        await using var bob = server.NewClient(way, options => options.Token = server.Tokens.Connection("bob"));
        var adas = await SubscribedAsync(ada, channel);
        var bobs = await SubscribedAsync(bob, channel);
        var (adasEvents, bobsEvents) = (new SubscriptionEvents(adas), new SubscriptionEvents(bobs));

        await adas.PublishAsync("""{"text":"hello"}"""u8.ToArray());

        foreach (var events in new[] { adasEvents, bobsEvents })
        {
            var publication = await events.Publications.NextAsync();
            Assert.Equal("""{"text":"hello"}""", Encoding.UTF8.GetString(publication.Data.Span));
            Assert.Equal(("ada", 1UL), (publication.Info!.User, publication.Offset));
        }
    }

    [Theory, EveryWay]
    public async Task Tags_come_with_a_publication(Way way)
    {
        var channel = ClientServer.NewChannel("chat");
        await using var client = server.NewClient(way);
        var events = new SubscriptionEvents(await SubscribedAsync(client, channel));

        await server.Parley.PublishAsync(
            channel, "1"u8.ToArray(), new PublishOptions { Tags = new Dictionary<string, string> { ["lang"] = "en" } });

        var publication = await events.Publications.NextAsync();
        Assert.Equal("en", publication.Tags["lang"]);
        Assert.Null(publication.Info);
    }

    [Theory, EveryWay]
    public async Task Commands_of_one_moment_are_answered_each(Way way)
    {
        const int Count = 200;
        var channel = ClientServer.NewChannel("chat");
        await using var client = server.NewClient(way);
        var subscription = await SubscribedAsync(client, channel);
        var events = new SubscriptionEvents(subscription);

        await Task.WhenAll(Enumerable.Range(0, Count).Select(n => subscription.PublishAsync(Encoding.UTF8.GetBytes(n.ToString()))));

        for (var number = 0; number < Count; number++)
            Assert.Equal(number, JsonSerializer.Deserialize<int>((await events.Publications.NextAsync()).Data.Span));
    }

    [Theory, EveryWay]
    public async Task Presence_tells_who_is_there(Way way)
    {
        var channel = ClientServer.NewChannel("chat");
        await using var ada = server.NewClient(way, options => options.Token = server.Tokens.Connection("ada"));
        await using var bob = server.NewClient(way, options => options.Token = server.Tokens.Connection("bob"));
        var subscription = await SubscribedAsync(ada, channel);
        await SubscribedAsync(bob, channel);

        Assert.Equal(["ada", "bob"], (await subscription.PresenceAsync()).Values.Select(static info => info.User).Order());
        Assert.Equal(new PresenceStats(2, 2), await ada.PresenceStatsAsync(channel));
    }

    [Theory, EveryWay]
    public async Task Joins_and_leaves_are_told(Way way)
    {
        var channel = ClientServer.NewChannel("chat");
        await using var ada = server.NewClient(way, options => options.Token = server.Tokens.Connection("ada"));
        var subscription = ada.NewSubscription(channel, new SubscriptionOptions { JoinLeave = true });
        var events = new SubscriptionEvents(subscription);
        subscription.Subscribe();
        ada.Connect();
        Assert.Equal("ada", (await events.Joined.NextAsync()).User);

        await using (var bob = server.NewClient(way, options => options.Token = server.Tokens.Connection("bob")))
        {
            await SubscribedAsync(bob, channel);
            Assert.Equal("bob", (await events.Joined.NextAsync()).User);
        }

        Assert.Equal("bob", (await events.Left.NextAsync()).User);
    }

    [Theory, EveryWay]
    public async Task History_is_read_in_pages(Way way)
    {
        var channel = ClientServer.NewChannel("chat");
        for (var number = 1; number <= 5; number++) await server.PublishAsync(channel, number);
        await using var client = server.NewClient(way);
        var subscription = await SubscribedAsync(client, channel);

        var top = await subscription.HistoryAsync();
        var first = await subscription.HistoryAsync(new HistoryOptions { Limit = 2 });
        var next = await subscription.HistoryAsync(new HistoryOptions { Limit = 2, Since = top.Position with { Offset = 2 } });
        var last = await client.HistoryAsync(channel, new HistoryOptions { Limit = 1, Reverse = true });

        Assert.Equal((0, 5UL), (top.Publications.Count, top.Position.Offset));
        Assert.Equal([1UL, 2UL], first.Publications.Select(static publication => publication.Offset));
        Assert.Equal([3UL, 4UL], next.Publications.Select(static publication => publication.Offset));
        Assert.Equal([5UL], last.Publications.Select(static publication => publication.Offset));
        var lost = await Assert.ThrowsAsync<ParleyException>(
            () => subscription.HistoryAsync(new HistoryOptions { Limit = 2, Since = new StreamPosition(2, "another life") }));
        Assert.Equal(ErrorCodes.UnrecoverablePosition, lost.Code);
    }

    [Theory, EveryWay]
    public async Task A_refusal_has_the_code_of_the_server(Way way)
    {
        await using var client = server.NewClient(way);
        client.Connect();

        var rpc = await Assert.ThrowsAsync<ParleyException>(() => client.RpcAsync("method", "{}"u8.ToArray()));
        var publish = await Assert.ThrowsAsync<ParleyException>(() => client.PublishAsync("somewhere", "1"u8.ToArray()));
        var presence = await Assert.ThrowsAsync<ParleyException>(() => client.PresenceAsync("unknown:channel"));

        Assert.Equal((108u, false), (rpc.Code, rpc.IsTemporary));
        Assert.Equal(103u, publish.Code);
        Assert.Equal(102u, presence.Code);
        Assert.Equal(ClientState.Connected, client.State);
    }

    [Theory, EveryWay]
    public async Task A_message_goes_out_and_a_server_that_takes_none_ends_it(Way way)
    {
        await using var client = server.NewClient(way);
        var events = new ClientEvents(client);
        client.Connect();

        var sending = client.SendAsync("{}"u8.ToArray());

        Assert.Equal(new DisconnectedEventArgs(3508, "not available"), await events.Disconnected.NextAsync());
        // Where it goes out in a request of its own, the end of the connection may be quicker than the answer to that.
        if (await Record.ExceptionAsync(() => sending) is { } failure)
            Assert.Equal(ErrorCodes.ConnectionClosed, Assert.IsType<ParleyException>(failure).Code);
    }

    [Fact]
    public async Task Data_that_is_no_JSON_is_refused_before_it_ends_the_connection()
    {
        await using var client = server.NewClient(Way.WebSocketJson);
        var subscription = await SubscribedAsync(client, ClientServer.NewChannel("chat"));

        await Assert.ThrowsAsync<ArgumentException>("data", () => subscription.PublishAsync("no JSON"u8.ToArray()));
        await Assert.ThrowsAsync<ArgumentException>("data", () => client.PublishAsync("channel", "1,2"u8.ToArray()));
    }

    [Fact]
    public async Task Nothing_can_be_called_while_disconnected()
    {
        await using var client = server.NewClient(Way.WebSocketJson);
        var subscription = client.NewSubscription("channel");

        var call = await Assert.ThrowsAsync<ParleyException>(() => client.PublishAsync("channel", "1"u8.ToArray()));
        var publish = await Assert.ThrowsAsync<ParleyException>(() => subscription.PublishAsync("1"u8.ToArray()));

        Assert.Equal(ErrorCodes.ClientDisconnected, call.Code);
        Assert.Equal(ErrorCodes.Unsubscribed, publish.Code);
    }

    [Fact]
    public async Task A_call_that_waits_is_told_when_the_connection_is_lost()
    {
        await using var relay = new TcpRelay(server.Endpoint);
        await using var client = server.NewClient(Way.WebSocketJson, at: relay.Endpoint);
        var subscription = await SubscribedAsync(client, ClientServer.NewChannel("chat"));
        relay.BlackHole();
        var publish = subscription.PublishAsync("1"u8.ToArray());

        relay.Cut();

        var failure = await Assert.ThrowsAsync<ParleyException>(() => publish);
        Assert.Equal((ErrorCodes.ConnectionClosed, true), (failure.Code, failure.IsTemporary));
    }

    private static async Task<Subscription> SubscribedAsync(ParleyClient client, string channel)
    {
        var subscription = client.NewSubscription(channel);
        subscription.Subscribe();
        client.Connect();
        await subscription.ReadyAsync().WaitAsync(Patience.Limit);
        return subscription;
    }
}
