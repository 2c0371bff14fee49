using Microsoft.Playwright;
using Parley.EndToEnd.Tests.Clients;
using Parley.EndToEnd.Tests.Proxies;
using Parley.Testing;
using Parley.Testing.Browsers;

namespace Parley.EndToEnd.Tests.Browsers;

/// <summary>The package of clients/js in a browser whose proxy, a real nginx, is in the way, and who talks with somebody on a WebSocket.</summary>
[Collection(BrowserCollection.Name)]
public sealed class PackageTests(
    ChromiumBrowser browser, ServerBehindNginxWithoutUpgrade withoutUpgrade, ServerBehindNginxWithoutStreams withoutStreams, SdkHost sdk)
    : IClassFixture<ServerBehindNginxWithoutUpgrade>, IClassFixture<ServerBehindNginxWithoutStreams>
{
    [Theory]
    [InlineData("http_stream")]
    [InlineData("long_poll")]
    public async Task A_page_falls_back_by_itself_and_talks_with_somebody_on_a_WebSocket(string expected)
    {
        var place = PlaceOf(expected);
        var channel = ProxiedServer.NewChannel();
        await using var window = await OpenAsync(place, channel);
        await using var outside = await sdk.OpenAsync(
            SdkWay.WebSocketJson, place.Server.Address, new SdkClientOptions { Token = place.Server.Tokens.Connection("outside") });
        await outside.ConnectAsync();
        var heard = await outside.SubscribeAsync(channel);
        Assert.Equal(expected, await TransportAsync(window.Page));

        for (var i = 0; i < 5; i++)
        {
            await outside.PublishAsync(channel, i);
            Assert.Equal(i, (await heard.PublicationAsync()).Data.GetInt32());
            await window.Page.WaitForFunctionAsync("count => received.length === count", (2 * i) + 1);
            await window.Page.EvaluateAsync("i => client.publish(channel, `reply ${i}`)", i);
            Assert.Equal($"reply {i}", (await heard.PublicationAsync()).Data.GetString());
            await window.Page.WaitForFunctionAsync("count => received.length === count", (2 * i) + 2);
        }
    }

    [Theory]
    [InlineData("http_stream")]
    [InlineData("long_poll")]
    public async Task The_next_page_begins_with_what_worked(string expected)
    {
        var place = PlaceOf(expected);
        await using var window = await OpenAsync(place, ProxiedServer.NewChannel());
        Assert.Equal(expected, await TransportAsync(window.Page));
        List<string> asked = [];
        window.Page.Request += (_, request) => asked.Add(new Uri(request.Url).Segments[^1]);
        window.Page.WebSocket += (_, _) => asked.Add("websocket");

        await LoadAsync(window.Page, place, ProxiedServer.NewChannel());

        Assert.Equal(expected, await TransportAsync(window.Page));
        Assert.Contains(expected, asked);
        Assert.DoesNotContain("websocket", asked);
    }

    [Fact]
    public async Task A_page_that_is_closed_is_gone_at_once()
    {
        var channel = ProxiedServer.NewChannel();
        var outside = await sdk.OpenAsync(
            SdkWay.WebSocketJson, withoutStreams.Server.Address, new SdkClientOptions { Token = withoutStreams.Server.Tokens.Connection("outside") });
        await using var _ = outside;
        await using var window = await OpenAsync(withoutStreams, channel);
        Assert.Equal("long_poll", await TransportAsync(window.Page));
        // Pages of other tests may be on their way out.
        await Eventually.BecomesAsync(CountClientsAsync, static count => count == 1);

        await window.Page.GotoAsync("about:blank");

        // Much sooner than the 45 s after which the server misses the client's polls.
        await Eventually.BecomesAsync(CountClientsAsync, static count => count == 0);

        async Task<int> CountClientsAsync() =>
            (await withoutStreams.Server.Api.CallAsync("info", new { })).GetProperty("nodes")[0].GetProperty("num_clients").GetInt32();
    }

    private ServerBehindProxy PlaceOf(string expected) => expected == "long_poll" ? withoutStreams : withoutUpgrade;

    private async Task<BrowserWindow> OpenAsync(ServerBehindProxy place, string channel)
    {
        var window = await browser.OpenWindowAsync(place.Proxy.Address);
        await LoadAsync(window.Page, place, channel);
        return window;
    }

    private static async Task LoadAsync(IPage page, ServerBehindProxy place, string channel)
    {
        await page.GotoAsync("/health/live");
        await page.AddScriptTagAsync(new PageAddScriptTagOptions { Path = Repository.PathOf("clients", "js", "dist", "parley.js") });
        await page.EvaluateAsync("""
            ([channel, token]) => {
              window.channel = channel;
              window.received = [];
              window.client = Parley.createClient(undefined, { token, minReconnectDelay: 20, maxReconnectDelay: 200 });
              const subscription = client.newSubscription(channel);
              subscription.on('publication', ({ data }) => received.push(data));
              subscription.subscribe();
              client.connect();
              return subscription.ready();
            }
            """, new[] { channel, place.Server.Tokens.Connection("behind") });
    }

    private static Task<string> TransportAsync(IPage page) => page.EvaluateAsync<string>("() => Parley.transportOf(client)");
}
