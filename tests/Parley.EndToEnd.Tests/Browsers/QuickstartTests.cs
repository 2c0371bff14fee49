using Microsoft.Playwright;
using Parley.Testing.Browsers;
using static Microsoft.Playwright.Assertions;

namespace Parley.EndToEnd.Tests.Browsers;

/// <summary>What <c>docs/guides/library-quickstart.md</c> promises, by the application whose code it shows.</summary>
[Collection(BrowserCollection.Name)]
public sealed class QuickstartTests(ChromiumBrowser browser, QuickstartApplication quickstart) : IClassFixture<QuickstartApplication>
{
    [Fact]
    public async Task Two_browsers_chat_the_application_joins_in_and_a_third_sees_it_all()
    {
        await using var ada = await EnterAsync("Ada");
        await using var grace = await EnterAsync("Grace");

        await SayAsync(ada, "Hello");
        await Expect(Lines(grace)).ToHaveTextAsync(["Ada: Hello"]);
        await SayAsync(grace, "<b>Hello</b>");
        await Expect(Lines(ada)).ToHaveTextAsync(["Ada: Hello", "Grace: <b>Hello</b>"]);
        var announced = await ada.Page.APIRequest.PostAsync("/announce", new() { DataObject = new { text = "Lunch" } });
        Assert.Equal("""{"offset":3}""", await announced.TextAsync());
        await Expect(Lines(grace)).ToHaveTextAsync(["Ada: Hello", "Grace: <b>Hello</b>", "server: Lunch"]);

        await using var late = await EnterAsync("Linus");
        await Expect(Lines(late)).ToHaveTextAsync(["Ada: Hello", "Grace: <b>Hello</b>", "server: Lunch"]);
        ada.AssertNoComplaints();
        grace.AssertNoComplaints();
        late.AssertNoComplaints();
    }

    [Fact]
    public async Task Tokens_of_the_application_connect_and_open_a_private_channel_to_their_user_only()
    {
        await using var ada = await EnterAsync("Ada");

        Assert.Equal("Ada may", await SubscribeWithTokensAsync(ada, "$invoices-Ada"));
        Assert.Equal("103: permission denied", await SubscribeWithTokensAsync(ada, "$invoices-Ada", isTokenSent: false));
        // The token names another channel, which only an attacker asks for: the connection is closed for good.
        Assert.Equal("disconnected: 3500", await SubscribeWithTokensAsync(ada, "$invoices-Grace"));
    }

    /// <summary>Connects and subscribes with what <c>/tokens</c> hands out, and says what came of it.</summary>
    private static Task<string> SubscribeWithTokensAsync(BrowserWindow window, string channel, bool isTokenSent = true) =>
        window.Page.EvaluateAsync<string>(
            """
            async ({ channel, isTokenSent }) => {
              const token = async (kind) => (await (await fetch(`/tokens/${kind}`, { method: 'POST' })).json()).token;
              const other = new Centrifuge(`${location.origin.replace('http', 'ws')}/connection/websocket`, { getToken: () => token('connection') });
              const options = isTokenSent ? { getToken: () => token('invoices') } : {};
              const subscription = other.newSubscription(channel, options);
              const outcome = new Promise((resolve) => {
                subscription.on('subscribed', () => resolve('Ada may'));
                subscription.on('unsubscribed', ({ code, reason }) => resolve(`${code}: ${reason}`));
                other.on('disconnected', ({ code }) => resolve(`disconnected: ${code}`));
              });
              subscription.subscribe();
              other.connect();
              return outcome;
            }
            """,
            new { channel, isTokenSent });

    private static ILocator Lines(BrowserWindow window) => window.Page.Locator("#messages li");

    private static async Task SayAsync(BrowserWindow window, string text)
    {
        await window.Page.GetByPlaceholder("Message").FillAsync(text);
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Send" }).ClickAsync();
        await Expect(window.Page.GetByPlaceholder("Message")).ToHaveValueAsync("");
    }

    private async Task<BrowserWindow> EnterAsync(string user)
    {
        var window = await browser.OpenWindowAsync(quickstart.Address);
        await window.Page.GotoAsync("/");
        await window.Page.GetByPlaceholder("Your name").FillAsync(user);
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Enter" }).ClickAsync();
        await Expect(window.Page.GetByPlaceholder("Message")).ToBeVisibleAsync();
        return window;
    }
}
