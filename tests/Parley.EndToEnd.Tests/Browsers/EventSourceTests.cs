using Parley.EndToEnd.Tests.Servers;
using Parley.Testing;
using Parley.Testing.Browsers;

namespace Parley.EndToEnd.Tests.Browsers;

/// <summary>A page without any SDK: the browser's own <c>EventSource</c>. Between it and the server stands a relay.</summary>
[Collection(BrowserCollection.Name)]
public sealed class EventSourceTests(ChromiumBrowser browser, LifecycleServer server) : IClassFixture<LifecycleServer>, IAsyncLifetime
{
    private readonly TcpRelay _relay = new(server.Endpoint);

    [Fact]
    public async Task Unidirectional_events_bring_the_publications_of_a_channel()
    {
        var channel = LifecycleServer.NewChannel();
        await using var window = await OpenAsync(
            """channel => '/connection/uni_sse?cf_connect=' + encodeURIComponent(JSON.stringify({ subs: { [channel]: {} } }))""", channel);
        await window.Page.WaitForFunctionAsync("channel => received[0]?.connect?.subs[channel]", channel);

        await server.Api.PublishAsync(channel, new { text = "Grüße \u2028 <b>" });

        await window.Page.WaitForFunctionAsync("() => received.length === 2");
        Assert.Equal("Grüße \u2028 <b>", await window.Page.EvaluateAsync<string>("() => received[1].pub.data.text"));
    }

    [Fact]
    public async Task Plain_events_go_on_where_they_were_when_the_network_comes_back()
    {
        var channel = LifecycleServer.NewChannel();
        await using var window = await OpenAsync("""channel => '/connection/events?channel=' + channel""", channel);
        await window.Page.WaitForFunctionAsync("() => subscribed.length === 1");
        await server.Api.PublishAsync(channel, 1);
        await window.Page.WaitForFunctionAsync("() => received.length === 1");

        _relay.IsRefusing = true;
        _relay.Cut();
        await window.Page.WaitForFunctionAsync("() => source.readyState === EventSource.CONNECTING");
        await server.Api.PublishAsync(channel, 2);
        await server.Api.PublishAsync(channel, 3);
        _relay.IsRefusing = false;

        await window.Page.WaitForFunctionAsync("() => subscribed.length === 2");
        await server.Api.PublishAsync(channel, 4);
        await window.Page.WaitForFunctionAsync("() => received.length >= 4");
        var numbers = await window.Page.EvaluateAsync<int[]>("() => received.map(one => one.data)");
        Assert.Equal([1, 2, 3, 4], numbers);
        Assert.True(await window.Page.EvaluateAsync<bool>("() => subscribed[1].recovered"));
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _relay.DisposeAsync();

    /// <summary>Opens a page of the server, with an <c>EventSource</c> at the address that a function makes.</summary>
    private async Task<BrowserWindow> OpenAsync(string address, string channel)
    {
        var window = await browser.OpenWindowAsync(_relay.Address);
        await window.Page.GotoAsync("/health/live");
        await window.Page.EvaluateAsync($$"""
            channel => {
              window.received = [];
              window.subscribed = [];
              window.source = new EventSource(({{address}})(channel));
              source.onmessage = event => received.push(JSON.parse(event.data));
              source.addEventListener('subscribed', event => subscribed.push(JSON.parse(event.data)));
            }
            """, channel);
        return window;
    }
}
