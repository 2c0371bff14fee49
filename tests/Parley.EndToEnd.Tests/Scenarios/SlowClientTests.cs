using Parley.EndToEnd.Tests.Clients;
using Parley.EndToEnd.Tests.Servers;
using Parley.Testing;

namespace Parley.EndToEnd.Tests.Scenarios;

/// <summary>What becomes of clients that read too slowly, and of those beside them.</summary>
public sealed class SlowClientTests(LifecycleServer server, SdkHost sdk) : IClassFixture<LifecycleServer>
{
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

    private async Task<bool> IsPresentAsync(string channel, string client)
    {
        var presence = await server.Api.CallAsync("presence", new { channel });
        return presence.GetProperty("presence").TryGetProperty(client, out _);
    }
}
