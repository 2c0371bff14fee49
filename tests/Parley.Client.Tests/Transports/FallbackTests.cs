using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using Parley.Client.Tests.Events;
using Parley.Client.Tests.Servers;
using Parley.Client.Transports;
using Parley.Testing;

namespace Parley.Client.Tests.Transports;

public sealed class FallbackTests
{
    [Theory]
    [InlineData("websocket", ClientTransport.HttpStream)]
    [InlineData("websocket http_stream", ClientTransport.ServerSentEvents)]
    [InlineData("websocket http_stream sse", ClientTransport.LongPolling)]
    public async Task What_is_refused_on_the_way_is_passed_over(string refused, ClientTransport expected)
    {
        await using var server = await ClientServer.StartAsync(before: context =>
        {
            if (IsTo(context, refused)) context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return Task.CompletedTask;
        });
        await using var client = NewClient(server);
        var events = new ClientEvents(client);
        var subscription = client.NewSubscription(ClientServer.NewChannel("chat"));
        var subscriptionEvents = new SubscriptionEvents(subscription);
        subscription.Subscribe();

        client.Connect();

        Assert.Equal(expected, (await events.Connected.NextAsync()).Transport);
        Assert.Contains("WebSocket", (await events.Errors.NextAsync()).Exception.Message, StringComparison.Ordinal);
        await subscription.PublishAsync("1"u8.ToArray());
        await subscriptionEvents.Publications.NextAsync();
    }

    [Fact]
    public async Task What_is_never_answered_is_passed_over_too()
    {
        await using var server = await ClientServer.StartAsync(before: context =>
            IsTo(context, "websocket") ? Task.Delay(Timeout.Infinite, context.RequestAborted) : Task.CompletedTask);
        await using var client = NewClient(server, options => options.Timeout = TimeSpan.FromSeconds(1));
        var events = new ClientEvents(client);

        client.Connect();

        Assert.Equal(ClientTransport.HttpStream, (await events.Connected.NextAsync()).Transport);
    }

    [Fact]
    public async Task A_server_with_too_much_to_do_is_not_asked_again_in_another_way()
    {
        var asked = new List<string>();
        await using var server = await ClientServer.StartAsync(before: context =>
        {
            lock (asked) asked.Add(context.Request.Path);
            if (asked.Count <= 3) context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return Task.CompletedTask;
        });
        await using var client = NewClient(server);
        var events = new ClientEvents(client);

        client.Connect();

        Assert.Equal(ClientTransport.WebSocket, (await events.Connected.NextAsync()).Transport);
        lock (asked) Assert.All(asked, static path => Assert.Equal("/connection/websocket", path));
    }

    [Fact]
    public async Task What_worked_is_kept_for_reconnects_and_forgotten_at_a_disconnect()
    {
        var webSockets = 0;
        await using var server = await ClientServer.StartAsync(before: context =>
        {
            if (IsTo(context, "websocket") && Interlocked.Increment(ref webSockets) == 1)
                context.Response.StatusCode = StatusCodes.Status502BadGateway;
            return Task.CompletedTask;
        });
        await using var relay = new TcpRelay(server.Endpoint);
        await using var client = NewClient(server, at: relay.Endpoint);
        var events = new ClientEvents(client);
        client.Connect();
        Assert.Equal(ClientTransport.HttpStream, (await events.Connected.NextAsync()).Transport);

        relay.Cut();
        Assert.Equal(ClientTransport.HttpStream, (await events.Connected.NextAsync()).Transport);
        client.Disconnect();
        client.Connect();

        Assert.Equal(ClientTransport.WebSocket, (await events.Connected.NextAsync()).Transport);
        Assert.Equal(2, webSockets);
    }

    [Fact]
    public void What_worked_is_forgotten_after_half_an_hour_or_three_failures()
    {
        var time = new FakeTimeProvider();
        var all = new[] { ClientTransport.WebSocket, ClientTransport.HttpStream };
        var picker = new TransportPicker(all, time);
        Assert.Equal(all, picker.NextRound());

        picker.Worked(ClientTransport.HttpStream);
        picker.Failed();
        picker.Failed();
        time.Advance(TimeSpan.FromMinutes(29));
        Assert.Equal([ClientTransport.HttpStream], picker.NextRound());
        picker.Failed();
        Assert.Equal(all, picker.NextRound());

        picker.Worked(ClientTransport.HttpStream);
        time.Advance(TimeSpan.FromMinutes(30));
        Assert.Equal(all, picker.NextRound());
    }

    [Theory, EveryWay]
    public async Task Headers_come_with_every_request(Way way)
    {
        var without = 0;
        await using var server = await ClientServer.StartAsync(before: context =>
        {
            if (context.Request.Headers["X-Tenant"] != "acme") Interlocked.Increment(ref without);
            return Task.CompletedTask;
        });
        await using var client = server.NewClient(way, options => options.Headers["X-Tenant"] = "acme");
        client.Connect();

        await Assert.ThrowsAsync<ParleyException>(() => client.RpcAsync("method", default));

        Assert.Equal(0, without);
    }

    private static bool IsTo(HttpContext context, string names) =>
        names.Split(' ').Contains(context.Request.Path.Value!.Split('/')[^1]);

    private static ParleyClient NewClient(
        ClientServer server, Action<ParleyClientOptions>? configure = null, System.Net.IPEndPoint? at = null) =>
        server.NewClient(
            Way.WebSocketJson,
            options =>
            {
                foreach (var transport in new ParleyClientOptions().Transports.Skip(1)) options.Transports.Add(transport);
                configure?.Invoke(options);
            },
            at);
}
