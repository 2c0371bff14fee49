using Microsoft.Extensions.Time.Testing;
using Parley.Client.Tests.Events;
using Parley.Client.Tests.Servers;
using Parley.Testing;

namespace Parley.Client.Tests.Connections;

public sealed class SilenceTests(ClientServer server) : IClassFixture<ClientServer>
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task A_ping_is_answered_when_the_server_wants_that()
    {
        await using var scripted = await ScriptedServer.StartAsync();
        await using var client = NewClient(scripted);
        client.Connect();
        var connection = await scripted.AcceptAsync("""{"client":"c","ping":25,"pong":true}""");

        await connection.SendAsync("{}\n{}");

        Assert.Equal("{}", (await connection.NextAsync()).ToString());
        Assert.Equal("{}", (await connection.NextAsync()).ToString());
    }

    [Fact]
    public async Task A_ping_is_not_answered_when_the_server_does_not_want_that()
    {
        await using var scripted = await ScriptedServer.StartAsync();
        await using var client = NewClient(scripted);
        client.Connect();
        var connection = await scripted.AcceptAsync("""{"client":"c","ping":25}""");

        await connection.SendAsync("{}");
        var call = client.RpcAsync("method", default);

        await connection.ReplyAsync(await connection.NextAsync("rpc"), "\"rpc\":{}");
        await call;
    }

    [Fact]
    public async Task A_server_that_is_silent_for_ping_and_delay_is_left()
    {
        await using var scripted = await ScriptedServer.StartAsync();
        await using var client = NewClient(scripted);
        var events = new ClientEvents(client);
        client.Connect();
        var connection = await scripted.AcceptAsync("""{"client":"c","ping":25,"pong":true}""");
        await events.Connecting.NextAsync();
        await events.Connected.NextAsync();

        _time.Advance(TimeSpan.FromSeconds(34));
        await connection.SendAsync("{}");
        await connection.NextAsync(); // the pong: the ping has been heard
        _time.Advance(TimeSpan.FromSeconds(34));
        Assert.Equal(ClientState.Connected, client.State);
        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(new ConnectingEventArgs(ConnectingCodes.NoPing, "no ping"), await events.Connecting.NextAsync());
        await connection.Ended;
    }

    [Theory, EveryWay(Polling = false)]
    public async Task A_network_that_became_silent_is_left_and_nothing_is_lost(Way way)
    {
        await using var strict = await ClientServer.StartAsync(options =>
        {
            options.Clients.PingInterval = TimeSpan.FromSeconds(1);
            options.Clients.PongTimeout = TimeSpan.FromMilliseconds(900);
        });
        await using var relay = new TcpRelay(strict.Endpoint);
        await using var client = strict.NewClient(
            way, options => options.MaxServerPingDelay = TimeSpan.FromSeconds(1), relay.Endpoint);
        var events = new ClientEvents(client);
        var subscription = client.NewSubscription(ClientServer.NewChannel("kept"));
        var subscriptionEvents = new SubscriptionEvents(subscription);
        subscription.Subscribe();
        client.Connect();
        await subscription.ReadyAsync().WaitAsync(Patience.Limit);
        await events.Connecting.NextAsync();

        relay.BlackHole();
        await strict.PublishAsync(subscription.Channel, 1);

        Assert.Equal(new ConnectingEventArgs(ConnectingCodes.NoPing, "no ping"), await events.Connecting.NextAsync());
        Assert.Equal(1UL, (await subscriptionEvents.Publications.NextAsync()).Offset);
    }

    [Fact]
    public async Task A_connect_that_is_not_answered_is_tried_again()
    {
        await using var scripted = await ScriptedServer.StartAsync();
        await using var client = NewClient(scripted);
        var events = new ClientEvents(client);
        client.Connect();
        var first = await scripted.NextAsync();
        await first.NextAsync("connect");

        _time.Advance(TimeSpan.FromSeconds(20));

        var error = (await events.Errors.NextAsync()).Exception;
        Assert.Equal((ErrorCodes.TransportClosed, true), (error.Code, error.IsTemporary));
        await AdvanceUntilAsync(() => scripted.Waiting > 0);
        await scripted.AcceptAsync();
        await events.Connected.NextAsync();
    }

    [Fact]
    public async Task A_call_that_is_not_answered_times_out_and_the_connection_stays()
    {
        await using var scripted = await ScriptedServer.StartAsync();
        await using var client = NewClient(scripted);
        client.Connect();
        var connection = await scripted.AcceptAsync();
        var call = client.RpcAsync("method", default);
        var command = await connection.NextAsync("rpc");

        _time.Advance(TimeSpan.FromSeconds(20));

        var timeout = await Assert.ThrowsAsync<ParleyException>(() => call);
        Assert.Equal((ErrorCodes.Timeout, true), (timeout.Code, timeout.IsTemporary));
        await connection.ReplyAsync(command, "\"rpc\":{}"); // too late: nobody minds
        Assert.Equal(ClientState.Connected, client.State);
    }

    [Fact]
    public async Task A_subscribe_that_is_not_answered_makes_the_client_connect_anew()
    {
        await using var scripted = await ScriptedServer.StartAsync();
        await using var client = NewClient(scripted);
        var events = new ClientEvents(client);
        client.Connect();
        var connection = await scripted.AcceptAsync();
        await events.Connecting.NextAsync();
        client.NewSubscription("channel").Subscribe();
        await connection.NextAsync("subscribe");

        _time.Advance(TimeSpan.FromSeconds(20));

        Assert.Equal(new ConnectingEventArgs(ConnectingCodes.SubscribeTimeout, "subscribe timeout"), await events.Connecting.NextAsync());
    }

    private ParleyClient NewClient(ScriptedServer scripted) =>
        server.NewClient(Way.WebSocketJson, options => options.TimeProvider = _time, scripted.Endpoint);

    private Task AdvanceUntilAsync(Func<bool> isDone) => Eventually.BecomesAsync(
        () =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
            return Task.FromResult(isDone());
        },
        static done => done);
}
