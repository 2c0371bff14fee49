using Parley.Testing.Browsers;
using static Microsoft.Playwright.Assertions;

namespace Parley.EndToEnd.Tests.Browsers;

/// <summary>What users of <c>examples/chat</c> see when its only node, which keeps messages in memory, is lost.</summary>
[Collection(BrowserCollection.Name)]
public sealed class ChatRestartTests(ChromiumBrowser browser, ChatApplication chat) : IClassFixture<ChatApplication>
{
    [Fact]
    public async Task After_a_crash_the_page_says_that_messages_may_be_lost_and_goes_on()
    {
        await using var ada = await chat.EnterAsync(browser, "Ada", "Lobby");
        await ada.SayAsync("Before");
        await Expect(ada.Messages).ToHaveTextAsync(["Before"]);

        await chat.CrashAndRestartAsync();

        await Expect(ada.Status).ToHaveTextAsync("Some messages could not be recovered: history reloaded");
        await Expect(ada.Messages).ToHaveCountAsync(0);
        await ada.SayAsync("After");
        await Expect(ada.Messages).ToHaveTextAsync(["After"]);
    }
}
