using Parley.Client.Tests.Events;
using Parley.Client.Tests.Servers;
using Parley.Testing;

namespace Parley.Client.Tests.Subscriptions;

public sealed class UnsubscribeCodeTests(ClientServer server) : IClassFixture<ClientServer>
{
    [Theory, EveryWay]
    public async Task The_server_can_end_a_subscription(Way way)
    {
        var user = Guid.NewGuid().ToString("N");
        await using var client = server.NewClient(way, options => options.Token = server.Tokens.Connection(user));
        var subscription = client.NewSubscription(ClientServer.NewChannel());
        var events = new SubscriptionEvents(subscription);
        subscription.Subscribe();
        client.Connect();
        await events.Subscribed.NextAsync();

        await server.Parley.UnsubscribeAsync(new SessionSelector(user), subscription.Channel);

        Assert.Equal(new UnsubscribedEventArgs(2000, "server unsubscribe"), await events.Unsubscribed.NextAsync());
        Assert.Equal(SubscriptionState.Unsubscribed, subscription.State);
        Assert.Equal(ClientState.Connected, client.State);
        subscription.Subscribe();
        await events.Subscribed.NextAsync();
    }

    [Theory]
    [InlineData(2500, "insufficient state")]
    [InlineData(2501, "subscription expired")]
    [InlineData(2999, "of the application")]
    public async Task A_code_of_2500_and_above_makes_it_subscribe_again_from_its_position(uint code, string reason)
    {
        await using var scripted = await ScriptedServer.StartAsync();
        await using var client = server.NewClient(Way.WebSocketJson, at: scripted.Endpoint);
        var (connection, events) = await SubscribedAsync(client, scripted);
        await connection.SendAsync("""{"push":{"channel":"channel","pub":{"data":1,"offset":6}}}""");
        await events.Publications.NextAsync();
        await events.Subscribing.NextAsync();

        await connection.SendAsync(
            $$$$"""{"push":{"channel":"channel","unsubscribe":{"code":{{{{code}}}},"reason":"{{{{reason}}}}"}}}""");

        Assert.Equal(new SubscribingEventArgs(code, reason), await events.Subscribing.NextAsync());
        var request = (await connection.NextAsync("subscribe")).GetProperty("subscribe");
        Assert.True(request.GetProperty("recover").GetBoolean());
        Assert.Equal((6UL, "e"), (request.GetProperty("offset").GetUInt64(), request.GetProperty("epoch").GetString()));
    }

    [Fact]
    public async Task An_invalidated_state_makes_it_forget_its_position()
    {
        await using var scripted = await ScriptedServer.StartAsync();
        await using var client = server.NewClient(Way.WebSocketJson, at: scripted.Endpoint);
        var (connection, _) = await SubscribedAsync(client, scripted);

        await connection.SendAsync("""{"push":{"channel":"channel","unsubscribe":{"code":2502,"reason":"state invalidated"}}}""");

        var request = (await connection.NextAsync("subscribe")).GetProperty("subscribe");
        Assert.Equal("_", request.GetProperty("epoch").GetString());
        Assert.False(request.TryGetProperty("offset", out _));
    }

    [Fact]
    public async Task The_epoch_of_a_first_publication_is_adopted()
    {
        await using var scripted = await ScriptedServer.StartAsync();
        await using var client = server.NewClient(Way.WebSocketJson, at: scripted.Endpoint);
        var (connection, events) = await SubscribedAsync(client, scripted);

        await connection.SendAsync("""{"push":{"channel":"channel","pub":{"data":1,"offset":1,"epoch":"next"}}}""");
        await events.Publications.NextAsync();

        Assert.Equal(new StreamPosition(1, "next"), client.GetSubscription("channel")!.Position);
    }

    [Fact]
    public async Task Connect_and_subscribes_leave_in_one_frame_and_so_do_commands_of_one_moment()
    {
        await using var scripted = await ScriptedServer.StartAsync();
        await using var client = server.NewClient(Way.WebSocketJson, at: scripted.Endpoint);
        for (var i = 0; i < 10; i++) client.NewSubscription($"channel {i}").Subscribe();
        client.Connect();
        var connection = await scripted.NextAsync();

        await connection.NextAsync("connect");
        for (var i = 0; i < 10; i++)
        {
            await connection.NextAsync("subscribe");
            Assert.Equal(1, connection.LastFrame);
        }
    }

    [Fact]
    public async Task Unsubscribe_and_subscribe_of_one_moment_stay_in_order()
    {
        await using var scripted = await ScriptedServer.StartAsync();
        await using var client = server.NewClient(Way.WebSocketJson, at: scripted.Endpoint);
        var (connection, events) = await SubscribedAsync(client, scripted);
        var subscription = client.GetSubscription("channel")!;

        subscription.Unsubscribe();
        subscription.Subscribe();

        await connection.ReplyAsync(await connection.NextAsync("unsubscribe"), "\"unsubscribe\":{}");
        // Of the subscription that has ended: nobody hears of it.
        await connection.SendAsync("""{"push":{"channel":"channel","pub":{"data":1,"offset":6}}}""");
        await connection.ReplyAsync(
            await connection.NextAsync("subscribe"),
            """
            "subscribe":{"recoverable":true,"recovered":true,"was_recovering":true,"epoch":"e","offset":5,"publications":[{"data":1,"offset":6}]}
            """);
        await events.Subscribed.NextAsync();
        Assert.Equal(6UL, (await events.Publications.NextAsync()).Offset);
        Assert.Equal(0, events.Publications.Count);
    }

    [Fact]
    public async Task An_unsubscribe_that_fails_makes_the_client_connect_anew()
    {
        await using var scripted = await ScriptedServer.StartAsync();
        await using var client = server.NewClient(Way.WebSocketJson, at: scripted.Endpoint);
        var (connection, _) = await SubscribedAsync(client, scripted);
        var events = new ClientEvents(client);

        client.RemoveSubscription(client.GetSubscription("channel")!);
        await connection.ReplyAsync(await connection.NextAsync("unsubscribe"), "\"error\":{\"code\":100,\"message\":\"internal\"}");

        Assert.Equal(new ConnectingEventArgs(ConnectingCodes.UnsubscribeError, "unsubscribe error"), await events.Connecting.NextAsync());
        Assert.Null(client.GetSubscription("channel"));
    }

    [Fact]
    public async Task There_is_one_subscription_to_a_channel_until_it_is_removed()
    {
        await using var client = server.NewClient(Way.WebSocketJson);
        var first = client.NewSubscription("channel");

        Assert.Throws<InvalidOperationException>(() => client.NewSubscription("channel"));
        Assert.Same(first, client.GetSubscription("channel"));
        client.RemoveSubscription(first);
        Assert.Throws<InvalidOperationException>(first.Subscribe);
        Assert.NotSame(first, client.NewSubscription("channel"));
    }

    [Fact]
    public async Task A_disposed_client_ends_its_subscriptions()
    {
        var client = server.NewClient(Way.WebSocketJson);
        var subscription = client.NewSubscription(ClientServer.NewChannel());
        var events = new SubscriptionEvents(subscription);
        subscription.Subscribe();
        client.Connect();
        await subscription.ReadyAsync().WaitAsync(Patience.Limit);

        await client.DisposeAsync();

        Assert.Equal(new UnsubscribedEventArgs(UnsubscribedCodes.ClientClosed, "client closed"), await events.Unsubscribed.NextAsync());
        Assert.Throws<ObjectDisposedException>(subscription.Subscribe);
    }

    private static async Task<(ScriptedConnection Connection, SubscriptionEvents Events)> SubscribedAsync(
        ParleyClient client, ScriptedServer scripted)
    {
        var subscription = client.NewSubscription("channel");
        var events = new SubscriptionEvents(subscription);
        subscription.Subscribe();
        client.Connect();
        var connection = await scripted.AcceptAsync();
        await connection.ReplyAsync(
            await connection.NextAsync("subscribe"), "\"subscribe\":{\"recoverable\":true,\"epoch\":\"e\",\"offset\":5}");
        await events.Subscribed.NextAsync();
        return (connection, events);
    }
}
