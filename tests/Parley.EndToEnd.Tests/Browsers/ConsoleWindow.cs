using Microsoft.Playwright;
using Parley.Testing.Browsers;
using static Microsoft.Playwright.Assertions;

namespace Parley.EndToEnd.Tests.Browsers;

/// <summary>The live console of <c>serve --dev</c> in one window.</summary>
public sealed class ConsoleWindow(BrowserWindow window) : IAsyncDisposable
{
    // So large that the frames, which are below the other panels, are in the picture.
    private static readonly ViewportSize Size = new() { Width = 1320, Height = 1100 };

    public BrowserWindow Window => window;

    public IPage Page => window.Page;

    public ILocator ChatMessages => Page.Locator("#chat-messages li:not(.note)");

    public ILocator Events => Page.Locator("#events li");

    public ILocator Frames => Page.Locator("#frames li");

    /// <summary>Opens the console and connects as a user.</summary>
    /// <param name="browser">Where.</param>
    /// <param name="address">Of the server.</param>
    /// <param name="user">Its id.</param>
    /// <param name="protocol">As the page names it.</param>
    public static async Task<ConsoleWindow> OpenAsync(ChromiumBrowser browser, Uri address, string user, string protocol)
    {
        var console = new ConsoleWindow(await browser.OpenWindowAsync(address, Size));
        await console.Page.GotoAsync("/");
        await console.ExpectConnectedAsync();
        await console.Page.GetByLabel("User", new() { Exact = true }).FillAsync(user);
        await console.Page.GetByRole(AriaRole.Radio, new() { Name = protocol, Exact = true }).CheckAsync();
        await console.ClickAsync("Connect");
        await console.ExpectConnectedAsync();
        return console;
    }

    /// <summary>Says something in the chat; done when the server has taken it.</summary>
    public async Task SayAsync(string text)
    {
        var input = Page.GetByLabel("Message", new() { Exact = true });
        await input.FillAsync(text);
        await ClickAsync("Send");
        await Expect(input).ToHaveValueAsync("");
    }

    /// <summary>Subscribes by the form; done when the server has agreed.</summary>
    public async Task SubscribeAsync(string channel)
    {
        await Page.GetByLabel("Channel", new() { Exact = true }).FillAsync(channel);
        await Page.Locator("#subscribe-form").GetByRole(AriaRole.Button).ClickAsync();
        await Expect(Page.Locator("#channels li").Filter(new() { HasText = channel })).ToContainTextAsync("subscribed");
        await Expect(Events.Filter(new() { HasText = $"subscribed {channel}" })).ToBeVisibleAsync();
    }

    public Task ClickAsync(string button) => Page.GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).ClickAsync();

    public ValueTask DisposeAsync() => window.DisposeAsync();

    private Task ExpectConnectedAsync() => Expect(Page.Locator("#state")).ToHaveTextAsync("connected");
}
