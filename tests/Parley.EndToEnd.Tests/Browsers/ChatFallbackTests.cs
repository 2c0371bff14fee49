using System.Net;
using Parley.EndToEnd.Tests.Clients;
using Parley.EndToEnd.Tests.Proxies;
using Parley.Testing.Browsers;
using static Microsoft.Playwright.Assertions;

namespace Parley.EndToEnd.Tests.Browsers;

/// <summary>The chat of somebody whose proxy, a real nginx, lets no WebSocket through, with somebody who has none in between.</summary>
[Collection(BrowserCollection.Name)]
public sealed class ChatFallbackTests(ChromiumBrowser browser, ChatApplication chat, SdkHost sdk) : IClassFixture<ChatApplication>, IAsyncLifetime
{
    private readonly NginxWithoutUpgrade _proxy = new(sdk);

    [Fact]
    public async Task Two_users_chat_and_one_of_them_cannot_use_WebSockets()
    {
        await using var ada = await chat.EnterAsync(browser, "Ada", "Lobby");
        await using var grace = await chat.EnterAsync(browser, "Grace", "Lobby", address: _proxy.Address);
        Assert.Empty(await ProtocolsAsync(ada, "/connection/http_stream"));
        await Expect(ada.People).ToContainTextAsync("Grace");

        await ada.SayAsync("Hello Grace!");
        await Expect(grace.Messages).ToHaveTextAsync(["Hello Grace!"]);
        await grace.SayAsync("Hello Ada, from behind a stubborn proxy!");
        await Expect(ada.Messages).ToHaveTextAsync(["Hello Grace!", "Hello Ada, from behind a stubborn proxy!"]);
        await grace.Input.PressSequentiallyAsync("And");
        await Expect(ada.Typing).ToHaveTextAsync("Grace is typing…");

        await grace.SwitchNetworkAsync(isOnline: false);
        await Expect(grace.Status).ToHaveTextAsync("You are offline");
        await Expect(ada.People).Not.ToContainTextAsync("Grace");
        await ada.SayAsync("One", "Two");
        await grace.SwitchNetworkAsync(isOnline: true);
        await Expect(grace.Status).ToHaveTextAsync("Connected. Caught up: 2 messages recovered");
        await Expect(grace.Messages).ToHaveTextAsync(["Hello Grace!", "Hello Ada, from behind a stubborn proxy!", "One", "Two"]);

        Assert.Contains("h2", await ProtocolsAsync(grace, "/emulation"));
        ada.Window.AssertNoComplaints();
    }

    public async ValueTask InitializeAsync() => await _proxy.StartAsync(IPEndPoint.Parse(chat.Address.Authority));

    public ValueTask DisposeAsync() => _proxy.DisposeAsync();

    /// <summary>Over which versions of HTTP the page has asked for a path.</summary>
    private static Task<string[]> ProtocolsAsync(ChatWindow window, string path) => window.Page.EvaluateAsync<string[]>(
        "path => performance.getEntriesByType('resource').filter(entry => entry.name.endsWith(path)).map(entry => entry.nextHopProtocol)", path);
}
