using Parley.EndToEnd.Tests.Clients;
using Parley.EndToEnd.Tests.Clients.DotNet;
using Parley.EndToEnd.Tests.Servers;
using Parley.Testing;

namespace Parley.EndToEnd.Tests.Scenarios;

/// <summary>Servers that stop, crash and start anew, each with a server of its own, and what is left behind by clients that have gone.</summary>
public sealed class LifecycleTests(SdkHost sdk)
{
    [Theory, EveryWay]
    public async Task A_server_that_stops_sends_its_clients_to_the_next_one(SdkWay way)
    {
        await using var server = await StartAsync();
        await using var relay = new TcpRelay(server.Endpoint);
        await using var client = await sdk.OpenAsync(way, relay.Address);
        await client.ConnectAsync();
        await client.ConnectingAsync();
        var subscription = await SubscribeRecoverablyAsync(server, client);

        Assert.Equal(0, await server.StopAsync());

        Assert.Equal(new SdkReason(3001, "shutdown"), await client.ConnectingAsync());
        await server.StartAsync();
        relay.Target = server.Endpoint;
        await AssertGoesOnInNewEpochAsync(server, client, subscription);
    }

    [Theory, EveryWay]
    public async Task A_server_that_crashed_is_found_again_when_it_is_back(SdkWay way)
    {
        await using var server = await StartAsync();
        await using var relay = new TcpRelay(server.Endpoint);
        await using var client = await sdk.OpenAsync(way, relay.Address);
        await client.ConnectAsync();
        await client.ConnectingAsync();
        var subscription = await SubscribeRecoverablyAsync(server, client);

        await server.KillAsync();

        // A run of long polls ends when a server answers that it does not know it.
        if (!way.OutlivesItsNetwork()) Assert.Equal(new SdkReason(1, "transport closed"), await client.ConnectingAsync());
        await server.StartAsync();
        relay.Target = server.Endpoint;
        if (way.OutlivesItsNetwork()) Assert.Equal(1, (await client.ConnectingAsync()).Code);
        await AssertGoesOnInNewEpochAsync(server, client, subscription);
    }

    [Theory, EveryWay]
    public async Task Clients_that_come_and_go_quickly_leave_nothing_behind(SdkWay way)
    {
        await using var server = await StartAsync();

        var reached = way.IsDotNet()
            ? await DotNetRapidCycles.RunAsync(way, server.Address, "busy", cycles: 100)
            : await RunRapidCyclesAsync(way, server.Address, "busy", cycles: 100);

        Assert.Equal("""{"connecting":25,"connected":25,"subscribed":25,"resubscribed":25}""", reached);
        var left = await Eventually.BecomesAsync(
            async () => await CountAsync(server), static counts => counts is { Clients: 0, Users: 0, Subscriptions: 0, Channels: 0 });
        Assert.Equal(new Counts(0, 0, 0, 0), left);
        Assert.Equal(0, await server.Api.CountClientsAsync("busy"));
    }

    [Theory, EveryWay]
    public async Task A_client_that_reads_too_slowly_is_closed_and_catches_up_while_others_wait_for_nothing(SdkWay way)
    {
        await using var server = await StartAsync();
        await using var relay = new TcpRelay(server.Endpoint);
        await using var slow = await sdk.OpenAsync(way, relay.Address);
        // A run of long polls has a pace of its own, which is that of its round trips.
        await using var quick = await sdk.OpenAsync(way.OutlivesItsNetwork() ? SdkWay.WebSocketJson : way, server.Address);
        var slowId = (await slow.ConnectAsync()).Client;
        await slow.ConnectingAsync();
        await quick.ConnectAsync();
        await quick.ConnectingAsync();
        var slowSubscription = await SubscribeRecoverablyAsync(server, slow);
        var quickSubscription = await quick.SubscribeAsync(slowSubscription.Channel);
        var text = new string('x', 16 * 1024);

        relay.BlackHole();
        var last = 1;
        do
        {
            for (var i = 0; i < 50; i++)
                await server.Api.PublishAsync(slowSubscription.Channel, new { number = ++last, text });
            Assert.True(last < 5000, "The slow client is still connected.");
        }
        while (await IsPresentAsync(server, slowSubscription.Channel, slowId));
        relay.Resume();

        for (var number = 2; number <= last; number++)
            Assert.Equal(number, (await quickSubscription.PublicationAsync()).Data.GetProperty("number").GetInt32());
        Assert.Equal(0, quick.Events.CountUntaken("connecting"));
        Assert.Equal(new SdkReason(3008, "slow"), await slow.ConnectingAsync());
        Assert.True((await slowSubscription.SubscribedAsync()).Recovered);
        for (var number = 2; number <= last; number++)
            Assert.Equal(number, (await slowSubscription.PublicationAsync()).Data.GetProperty("number").GetInt32());
        Assert.Equal(0, slowSubscription.Events.CountUntaken("publication"));
    }

    private static async Task<string> RunRapidCyclesAsync(SdkWay way, Uri address, string channel, int cycles)
    {
        var transports = new[] { way.Transport() };
        var printed = await NodeScript.RunAsync(
            SdkHost.ScriptPath("rapid-cycles.mjs"), new { address, transports, format = way.Format(), channel, cycles });
        return Assert.Single(printed).ToString();
    }

    private static async Task<LifecycleServer> StartAsync()
    {
        var server = new LifecycleServer();
        await server.StartAsync();
        return server;
    }

    private static async Task<SdkSubscription> SubscribeRecoverablyAsync(LifecycleServer server, SdkClient client)
    {
        var subscription = await client.SubscribeAsync(OpenServer.NewChannel());
        await server.Api.PublishAsync(subscription.Channel, new { number = 1 });
        Assert.Equal(1, (await subscription.PublicationAsync()).Data.GetProperty("number").GetInt32());
        return subscription;
    }

    // The memory of the old process is gone, which the client must be told.
    private static async Task AssertGoesOnInNewEpochAsync(LifecycleServer server, SdkClient client, SdkSubscription subscription)
    {
        await client.ConnectedAsync();
        var subscribed = await subscription.SubscribedAsync();
        Assert.Equal((true, false, 0UL), (subscribed.WasRecovering, subscribed.Recovered, subscribed.StreamPosition!.Offset));
        Assert.Equal(1UL, await server.Api.PublishAsync(subscription.Channel, "next"));
        Assert.Equal("next", (await subscription.PublicationAsync()).Data.GetString());
    }

    private static async Task<bool> IsPresentAsync(LifecycleServer server, string channel, string client)
    {
        var presence = await server.Api.CallAsync("presence", new { channel });
        return presence.GetProperty("presence").TryGetProperty(client, out _);
    }

    private static async Task<Counts> CountAsync(LifecycleServer server)
    {
        var info = await server.Api.InfoAsync();
        return new Counts(Number("num_clients"), Number("num_users"), Number("num_subs"), Number("num_channels"));

        int Number(string name) => info.GetProperty(name).GetInt32();
    }

    private sealed record Counts(int Clients, int Users, int Subscriptions, int Channels);
}
