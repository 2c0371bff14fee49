using Parley.EndToEnd.Tests.Clients;

namespace Parley.EndToEnd.Tests.Proxies;

/// <summary>Behind a proxy that lets no WebSocket through.</summary>
public sealed class FallbackTests(ServerBehindNginxWithoutUpgrade fixture, SdkHost sdk) : IClassFixture<ServerBehindNginxWithoutUpgrade>
{
    private static readonly string[] Transports = ["websocket", "http_stream", "sse"];

    [Theory, BothFormats]
    public async Task A_client_falls_back_by_itself_and_talks_with_one_on_a_WebSocket(SdkWay way)
    {
        var channel = ProxiedServer.NewChannel();
        var tokens = fixture.Server.Tokens;
        await using var behind = await sdk.OpenAsync(
            way, fixture.Proxy.Address, new SdkClientOptions { Token = tokens.Connection("behind"), Transports = Transports });
        await using var outside = await sdk.OpenAsync(
            way, fixture.Server.Address, new SdkClientOptions { Token = tokens.Connection("outside"), Transports = Transports });

        Assert.Equal("http_stream", (await behind.ConnectAsync()).Transport);
        Assert.Equal("websocket", (await outside.ConnectAsync()).Transport);

        var heardBehind = await behind.SubscribeAsync(channel);
        var heardOutside = await outside.SubscribeAsync(channel);
        await outside.PublishAsync(channel, "Can you hear me?");
        Assert.Equal("Can you hear me?", (await heardBehind.PublicationAsync()).Data.GetString());
        await heardOutside.PublicationAsync();
        await behind.PublishAsync(channel, "Loud and clear.");
        Assert.Equal("Loud and clear.", (await heardOutside.PublicationAsync()).Data.GetString());
    }
}
