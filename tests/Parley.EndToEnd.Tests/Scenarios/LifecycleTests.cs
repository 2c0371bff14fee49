using Parley.EndToEnd.Tests.Clients;
using Parley.EndToEnd.Tests.Clients.DotNet;
using Parley.EndToEnd.Tests.Servers;
using Parley.Testing;

namespace Parley.EndToEnd.Tests.Scenarios;

/// <summary>What is left behind by clients that have gone, and what becomes of those that read too slowly.</summary>
public sealed class LifecycleTests(LifecycleServer server, SdkHost sdk) : IClassFixture<LifecycleServer>
{
    [Theory, EveryWay]
    public async Task Clients_that_come_and_go_quickly_leave_nothing_behind(SdkWay way)
    {
        var reached = way.IsDotNet()
            ? await DotNetRapidCycles.RunAsync(way, server.Address, "busy", cycles: 100)
            : await RunRapidCyclesAsync(way, server.Address, "busy", cycles: 100);

        Assert.Equal("""{"connecting":25,"connected":25,"subscribed":25,"resubscribed":25}""", reached);
        var left = await Eventually.BecomesAsync(
            CountAsync, static counts => counts is { Clients: 0, Users: 0, Subscriptions: 0, Channels: 0 });
        Assert.Equal(new Counts(0, 0, 0, 0), left);
        Assert.Equal(0, await server.Api.CountClientsAsync("busy"));
    }

    [Theory, EveryWay]
    public async Task A_client_that_reads_too_slowly_is_closed_and_catches_up_while_others_wait_for_nothing(SdkWay way)
    {
        await using var relay = new TcpRelay(server.Endpoint);
        await using var slow = await sdk.OpenAsync(way, relay.Address);
        // A run of long polls has a pace of its own, which is that of its round trips.
        await using var quick = await sdk.OpenAsync(way.OutlivesItsNetwork() ? SdkWay.WebSocketJson : way, server.Address);
        var slowId = (await slow.ConnectAsync()).Client;
        await slow.ConnectingAsync();
        await quick.ConnectAsync();
        await quick.ConnectingAsync();
        var slowSubscription = await slow.SubscribeAsync(OpenServer.NewChannel());
        var quickSubscription = await quick.SubscribeAsync(slowSubscription.Channel);
        var text = new string('x', 48 * 1024);

        relay.BlackHole();
        var last = 0;
        do
        {
            // Together less than a session may have waiting for it, so that only a client that takes nothing has too much.
            for (var i = 0; i < 16; i++)
                await server.Api.PublishAsync(slowSubscription.Channel, new { number = ++last, text });
            for (var number = last - 15; number <= last; number++)
                Assert.Equal(number, (await quickSubscription.PublicationAsync()).Data.GetProperty("number").GetInt32());
            Assert.True(last < 2000, "The slow client is still connected.");
        }
        while (await IsPresentAsync(slowSubscription.Channel, slowId));
        relay.Resume();

        Assert.Equal(0, quick.Events.CountUntaken("connecting"));
        Assert.Equal(new SdkReason(3008, "slow"), await slow.ConnectingAsync());
        Assert.True((await slowSubscription.SubscribedAsync()).Recovered);
        for (var number = 1; number <= last; number++)
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

    private async Task<bool> IsPresentAsync(string channel, string client)
    {
        var presence = await server.Api.CallAsync("presence", new { channel });
        return presence.GetProperty("presence").TryGetProperty(client, out _);
    }

    private async Task<Counts> CountAsync()
    {
        var info = await server.Api.InfoAsync();
        return new Counts(Number("num_clients"), Number("num_users"), Number("num_subs"), Number("num_channels"));

        int Number(string name) => info.GetProperty(name).GetInt32();
    }

    private sealed record Counts(int Clients, int Users, int Subscriptions, int Channels);
}
