using Microsoft.Playwright;
using Parley.Testing.Browsers;
using static Microsoft.Playwright.Assertions;

namespace Parley.EndToEnd.Tests.Browsers;

/// <summary>The example <c>examples/chat</c> in a real browser, with several users.</summary>
[Collection(BrowserCollection.Name)]
public sealed class ChatTests(ChromiumBrowser browser, ChatApplication chat) : IClassFixture<ChatApplication>
{
    [Fact]
    public async Task Two_users_talk_see_each_other_and_see_who_types()
    {
        await using var ada = await chat.EnterAsync(browser, "Ada", "Lobby");
        await using var grace = await chat.EnterAsync(browser, "Grace", "Lobby");
        string[] both = ["Ada", "Grace"];
        await Expect(ada.People.GetByRole(AriaRole.Listitem)).ToHaveTextAsync(both.Select(WithInitial));
        await Expect(grace.People.GetByRole(AriaRole.Listitem)).ToHaveTextAsync(both.Select(WithInitial));

        await ada.Input.PressSequentiallyAsync("Hello");
        await Expect(grace.Typing).ToHaveTextAsync("Ada is typing…");
        await Expect(grace.Typing).ToBeVisibleAsync();
        await ada.SayAsync("Hello Grace!");
        await Expect(grace.Messages).ToHaveTextAsync(["Hello Grace!"]);
        await Expect(grace.Typing).ToBeHiddenAsync();

        await grace.SayAsync("Hello Ada!", "Did you see the engine?");
        string[] all = ["Hello Grace!", "Hello Ada!", "Did you see the engine?"];
        await Expect(ada.Messages).ToHaveTextAsync(all);
        await Expect(grace.Messages).ToHaveTextAsync(all);
        await Expect(ada.Page.Locator(".message .head strong")).ToHaveTextAsync(["Ada", "Grace", "Grace"]);

        await using var late = await chat.EnterAsync(browser, "Linus", "Lobby", ChromiumBrowser.Phone);
        await Expect(late.Messages).ToHaveTextAsync(all);
        await Expect(ada.People).ToContainTextAsync("Linus");
        await late.Window.SaveScreenshotAsync("chat-phone");
        await late.DisposeAsync();
        await Expect(ada.People).Not.ToContainTextAsync("Linus");
        ada.Window.AssertNoComplaints();
        grace.Window.AssertNoComplaints();
        late.Window.AssertNoComplaints();
    }

    [Fact]
    public async Task A_user_who_was_offline_gets_what_was_missed_once_and_in_order()
    {
        await using var ada = await chat.EnterAsync(browser, "Ada", "Garden", isDark: true);
        await using var grace = await chat.EnterAsync(browser, "Grace", "Garden");
        await ada.SayAsync("Morning! The tomatoes have arrived.");
        await grace.SayAsync("Splendid. I am on the train, there are tunnels…");
        await Expect(grace.Messages).ToHaveCountAsync(2);

        await grace.SwitchNetworkAsync(isOnline: false);
        await Expect(grace.Status).ToHaveTextAsync("You are offline");
        await Expect(ada.People).Not.ToContainTextAsync("Grace");
        string[] missed = ["Twelve plants", "Four of them black", "Who takes the peppers?", "And the slugs are back", "Kettle is on"];
        await ada.SayAsync(missed);
        await Expect(ada.Messages).ToHaveCountAsync(7);
        await Expect(grace.Messages).ToHaveCountAsync(2);

        await grace.SwitchNetworkAsync(isOnline: true);
        await Expect(grace.Status).ToHaveTextAsync("Connected. Caught up: 5 messages recovered");
        await Expect(grace.Messages).ToHaveTextAsync(
            ["Morning! The tomatoes have arrived.", "Splendid. I am on the train, there are tunnels…", .. missed]);
        await grace.SayAsync("Five messages at once, and none twice. I take the peppers!");
        await Expect(ada.Messages).ToHaveCountAsync(8);
        await ada.Input.PressSequentiallyAsync("Go");
        await Expect(grace.Typing).ToBeVisibleAsync();
        await grace.Window.SaveScreenshotAsync("chat");
        await ada.Window.SaveScreenshotAsync("chat-dark");
        ada.Window.AssertNoComplaints();
        grace.Window.AssertNoComplaints();
    }

    [Fact]
    public async Task Markup_in_a_message_stays_text()
    {
        const string Markup = """<img src=x onerror="document.title='owned'"><script>document.title='owned'</script>""";
        await using var mallory = await chat.EnterAsync(browser, "Mallory", "Workshop");
        await using var ada = await chat.EnterAsync(browser, "Ada", "Workshop");

        await mallory.SayAsync(Markup, "done");

        await Expect(ada.Messages).ToHaveTextAsync([Markup, "done"]);
        await Expect(ada.Page.Locator("#messages img, #messages script")).ToHaveCountAsync(0);
        await Expect(ada.Page).ToHaveTitleAsync("Workshop · Parley Chat");
        ada.Window.AssertNoComplaints();
    }

    [Fact]
    public async Task Logging_out_ends_the_user_s_other_window()
    {
        await using var window = await chat.EnterAsync(browser, "Ada", "Library");
        await using var other = await chat.EnterAsync(browser, "Ada", "Library");
        await Expect(window.People.GetByRole(AriaRole.Listitem)).ToHaveCountAsync(1);

        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Log out" }).ClickAsync();

        await Expect(window.Page.GetByLabel("Your name")).ToBeVisibleAsync();
        await Expect(other.Page.GetByLabel("Your name")).ToBeVisibleAsync();
        window.Window.AssertNoComplaints();
        other.Window.AssertNoComplaints();
    }

    private static string WithInitial(string name) => $"{name[0]}{name}";
}
