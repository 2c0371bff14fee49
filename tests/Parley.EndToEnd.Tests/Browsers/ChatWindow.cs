using Microsoft.Playwright;
using Parley.Testing.Browsers;
using static Microsoft.Playwright.Assertions;

namespace Parley.EndToEnd.Tests.Browsers;

/// <summary>The chat in one window, by what its user sees.</summary>
public sealed class ChatWindow(BrowserWindow window) : IAsyncDisposable
{
    public BrowserWindow Window => window;

    public IPage Page => window.Page;

    public ILocator Messages => Page.Locator("#messages .text");

    public ILocator People => Page.Locator("#people");

    public ILocator Typing => Page.Locator("#typing");

    public ILocator Status => Page.GetByRole(AriaRole.Status);

    public ILocator Input => Page.GetByLabel("Message", new() { Exact = true });

    /// <summary>Posts messages; done when the server has taken them.</summary>
    public async Task SayAsync(params IEnumerable<string> texts)
    {
        foreach (var text in texts)
        {
            await Input.FillAsync(text);
            await Input.PressAsync("Enter");
            await Expect(Input).ToHaveValueAsync("");
        }
    }

    public Task SwitchNetworkAsync(bool isOnline) =>
        Page.GetByRole(AriaRole.Button, new() { Name = isOnline ? "Go online" : "Go offline" }).ClickAsync();

    public ValueTask DisposeAsync() => window.DisposeAsync();
}
