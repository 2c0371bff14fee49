using Parley.EndToEnd.Tests.Clients;
using Parley.EndToEnd.Tests.Servers;
using Parley.Testing;

namespace Parley.EndToEnd.Tests.Scenarios;

public sealed class NarrowNetworkTests(SecuredServer server, SdkHost sdk)
{
    [Theory, EveryWay]
    public async Task A_narrow_network_delays_but_loses_nothing(SdkWay way)
    {
        var channel = SecuredServer.NewChannel("chat");
        await using var relay = new TcpRelay(server.Endpoint) { BytesPerSecond = 256 * 1024 };
        var options = new SdkClientOptions { Token = server.Tokens.Connection("alice") };
        await using var client = await sdk.OpenAsync(way, relay.Address, options);
        await client.ConnectAsync();
        await client.ConnectingAsync();
        var subscription = await client.SubscribeAsync(channel);
        var text = new string('x', 4 * 1024);

        // Half a megabyte at once, for two seconds.
        for (var number = 1; number <= 128; number++)
            await server.Api.PublishAsync(channel, new { number, text });

        for (var number = 1; number <= 128; number++)
            Assert.Equal(number, (await subscription.PublicationAsync()).Data.GetProperty("number").GetInt32());
        Assert.Equal(0, client.Events.CountUntaken("connecting"));
    }
}
