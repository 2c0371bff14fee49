using Parley.Client.Tests.Events;
using Parley.Client.Tests.Servers;
using Parley.Sessions;

namespace Parley.Client.Tests.Connections;

public sealed class DisconnectCodeTests(ClientServer server) : IClassFixture<ClientServer>
{
    [Theory, EveryWay]
    public async Task A_terminal_code_ends_it(Way way)
    {
        var (client, events, user) = await ConnectedAsync(way);

        await server.Parley.DisconnectAsync(new SessionSelector(user));

        Assert.Equal(new DisconnectedEventArgs(3503, "force disconnect"), await events.Disconnected.NextAsync());
        Assert.Equal(ClientState.Disconnected, client.State);
        Assert.Equal(0, events.Connecting.Count);
        await client.DisposeAsync();
    }

    [Theory, EveryWay]
    public async Task A_code_of_the_application_ends_it_in_its_upper_range(Way way)
    {
        var (client, events, user) = await ConnectedAsync(way);

        await server.Parley.DisconnectAsync(
            new SessionSelector(user), new DisconnectOptions { Reason = new DisconnectReason(4500, "locked out") });

        Assert.Equal(new DisconnectedEventArgs(4500, "locked out"), await events.Disconnected.NextAsync());
        await client.DisposeAsync();
    }

    [Theory, EveryWay]
    public async Task Other_codes_make_the_client_come_back(Way way)
    {
        var (client, events, user) = await ConnectedAsync(way);

        foreach (var reason in new[] { DisconnectReason.ForceReconnect, new DisconnectReason(4000, "moved") })
        {
            await server.Parley.DisconnectAsync(new SessionSelector(user), new DisconnectOptions { Reason = reason });
            Assert.Equal(new ConnectingEventArgs(reason.Code, reason.Reason), await events.Connecting.NextAsync());
            await events.Connected.NextAsync();
        }

        Assert.Equal(0, events.Disconnected.Count);
        await client.DisposeAsync();
    }

    [Fact]
    public async Task A_message_that_is_too_large_for_the_server_ends_it()
    {
        var (client, events, _) = await ConnectedAsync(Way.WebSocketJson);
        var data = new byte[100 * 1024];
        data.AsSpan().Fill((byte)'1');

        await Assert.ThrowsAsync<ParleyException>(() => client.PublishAsync("channel", data));

        Assert.Equal(
            new DisconnectedEventArgs(DisconnectedCodes.MessageSizeLimit, "message size limit exceeded"), await events.Disconnected.NextAsync());
        await client.DisposeAsync();
    }

    [Theory]
    [InlineData("no JSON")]
    [InlineData("""{"id":1,"connect":{"client":"c"}} and more""")]
    public async Task A_server_that_does_not_speak_the_protocol_ends_it(string frame)
    {
        await using var scripted = await ScriptedServer.StartAsync();
        await using var client = server.NewClient(Way.WebSocketJson, at: scripted.Endpoint);
        var events = new ClientEvents(client);
        client.Connect();

        await (await scripted.NextAsync()).SendAsync(frame);

        Assert.Equal(new DisconnectedEventArgs(DisconnectedCodes.BadProtocol, "bad protocol"), await events.Disconnected.NextAsync());
    }

    [Theory]
    [InlineData("""{"code":100,"message":"internal server error","temporary":true}""", true)]
    [InlineData("""{"code":111,"message":"too many requests","temporary":true}""", true)]
    [InlineData("""{"code":101,"message":"unauthorized"}""", false)]
    public async Task A_refused_connect_is_tried_again_when_it_is_temporary(string error, bool isRetried)
    {
        await using var scripted = await ScriptedServer.StartAsync();
        await using var client = server.NewClient(Way.WebSocketJson, at: scripted.Endpoint);
        var events = new ClientEvents(client);
        client.Connect();
        var first = await scripted.NextAsync();

        await first.ReplyAsync(await first.NextAsync("connect"), $"\"error\":{error}");

        await first.Ended;
        if (isRetried)
        {
            await scripted.AcceptAsync();
            await events.Connected.NextAsync();
            await events.Errors.NextAsync();
        }
        else
        {
            Assert.Equal(new DisconnectedEventArgs(101, "unauthorized"), await events.Disconnected.NextAsync());
            Assert.Equal(0, scripted.Waiting);
        }
    }

    [Fact]
    public async Task An_invalidated_state_makes_the_client_forget_token_and_positions()
    {
        await using var scripted = await ScriptedServer.StartAsync();
        var tokens = 0;
        await using var client = server.NewClient(
            Way.WebSocketJson,
            options => options.GetToken = _ => ValueTask.FromResult<string?>($"token {++tokens}"),
            scripted.Endpoint);
        var subscription = client.NewSubscription("channel", new SubscriptionOptions { Since = new StreamPosition(7, "epoch") });
        subscription.Subscribe();
        client.Connect();
        var first = await scripted.AcceptAsync();
        await first.NextAsync("subscribe");

        await first.CloseAsync(3014, "state invalidated");

        var second = await scripted.NextAsync();
        Assert.Equal("token 2", (await second.NextAsync()).GetProperty("connect").GetProperty("token").GetString());
        var subscribe = (await second.NextAsync()).GetProperty("subscribe");
        Assert.Equal("_", subscribe.GetProperty("epoch").GetString());
        Assert.False(subscribe.TryGetProperty("offset", out _));
        Assert.True(subscribe.GetProperty("recover").GetBoolean());
    }

    private async Task<(ParleyClient Client, ClientEvents Events, string User)> ConnectedAsync(Way way)
    {
        var user = Guid.NewGuid().ToString("N");
        var client = server.NewClient(way, options => options.Token = server.Tokens.Connection(user));
        var events = new ClientEvents(client);
        client.Connect();
        await events.Connecting.NextAsync();
        await events.Connected.NextAsync();
        return (client, events, user);
    }
}
