using Microsoft.Playwright;
using Parley.Testing.Browsers;
using static Microsoft.Playwright.Assertions;

namespace Parley.EndToEnd.Tests.Browsers;

/// <summary>The example <c>examples/chat</c>.</summary>
public sealed class ChatApplication() : ExampleApplication("chat", "Chat")
{
    /// <summary>Logs a user in, by the form, and enters a room.</summary>
    /// <param name="browser">Where.</param>
    /// <param name="user">Name.</param>
    /// <param name="room">As its link says.</param>
    /// <param name="size">Of the window.</param>
    /// <param name="isDark">Prefer dark colours.</param>
    /// <param name="address">Of a proxy in front; null: none.</param>
    public async Task<ChatWindow> EnterAsync(
        ChromiumBrowser browser, string user, string room, ViewportSize? size = null, bool isDark = false, Uri? address = null)
    {
        var window = await browser.OpenWindowAsync(address ?? Address, size, isDark);
        await window.Page.GotoAsync("/");
        await window.Page.GetByLabel("Your name").FillAsync(user);
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Enter" }).ClickAsync();
        var chat = new ChatWindow(window);
        await Expect(chat.Status).ToHaveTextAsync("Connected");
        await window.Page.GetByRole(AriaRole.Link, new() { Name = room }).ClickAsync();
        await Expect(chat.People.GetByText(user, new() { Exact = true })).ToBeVisibleAsync();
        return chat;
    }
}
