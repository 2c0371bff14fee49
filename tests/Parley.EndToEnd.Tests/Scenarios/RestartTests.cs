using Parley.EndToEnd.Tests.Clients;
using Parley.EndToEnd.Tests.Servers;
using Parley.Testing;

namespace Parley.EndToEnd.Tests.Scenarios;

/// <summary>A server that stops, crashes and starts anew.</summary>
public sealed class RestartTests(LifecycleServer server, SdkHost sdk) : IClassFixture<LifecycleServer>
{
    [Theory, EveryWay]
    public async Task A_server_that_stops_sends_its_clients_to_the_next_one(SdkWay way)
    {
        await using var relay = new TcpRelay(server.Endpoint);
        await using var client = await sdk.OpenAsync(way, relay.Address);
        await client.ConnectAsync();
        await client.ConnectingAsync();
        var subscription = await SubscribeRecoverablyAsync(client);

        Assert.Equal(0, await server.StopAsync());

        Assert.Equal(new SdkReason(3001, "shutdown"), await client.ConnectingAsync());
        await server.StartAsync();
        relay.Target = server.Endpoint;
        await AssertGoesOnInNewEpochAsync(client, subscription);
    }

    [Theory, EveryWay]
    public async Task A_server_that_crashed_is_found_again_when_it_is_back(SdkWay way)
    {
        await using var relay = new TcpRelay(server.Endpoint);
        await using var client = await sdk.OpenAsync(way, relay.Address);
        await client.ConnectAsync();
        await client.ConnectingAsync();
        var subscription = await SubscribeRecoverablyAsync(client);

        await server.KillAsync();

        // A run of long polls ends when a server answers that it does not know it.
        if (!way.OutlivesItsNetwork()) Assert.Equal(new SdkReason(1, "transport closed"), await client.ConnectingAsync());
        await server.StartAsync();
        relay.Target = server.Endpoint;
        if (way.OutlivesItsNetwork()) Assert.Equal(1, (await client.ConnectingAsync()).Code);
        await AssertGoesOnInNewEpochAsync(client, subscription);
    }

    private async Task<SdkSubscription> SubscribeRecoverablyAsync(SdkClient client)
    {
        var subscription = await client.SubscribeAsync(OpenServer.NewChannel());
        await server.Api.PublishAsync(subscription.Channel, new { number = 1 });
        Assert.Equal(1, (await subscription.PublicationAsync()).Data.GetProperty("number").GetInt32());
        return subscription;
    }

    // The memory of the old process is gone, which the client must be told.
    private async Task AssertGoesOnInNewEpochAsync(SdkClient client, SdkSubscription subscription)
    {
        await client.ConnectedAsync();
        var subscribed = await subscription.SubscribedAsync();
        Assert.Equal((true, false, 0UL), (subscribed.WasRecovering, subscribed.Recovered, subscribed.StreamPosition!.Offset));
        Assert.Equal(1UL, await server.Api.PublishAsync(subscription.Channel, "next"));
        Assert.Equal("next", (await subscription.PublicationAsync()).Data.GetString());
    }
}
