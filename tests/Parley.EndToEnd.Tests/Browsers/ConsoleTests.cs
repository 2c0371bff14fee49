using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Parley.Testing.Browsers;
using static Microsoft.Playwright.Assertions;

namespace Parley.EndToEnd.Tests.Browsers;

/// <summary>The page that <c>serve --dev</c> shows, in two windows, with both forms of the protocol.</summary>
[Collection(BrowserCollection.Name)]
public sealed partial class ConsoleTests(ChromiumBrowser browser, DevelopmentServer server) : IClassFixture<DevelopmentServer>
{
    [Theory]
    [InlineData("JSON", "{\"channel\":\"chat\",\"data\":{\"text\":\"Hello from JSON\"}}", "{\"text\":\"hello from curl\"}")]
    [InlineData("Protobuf", "0000  ", "0000  ")] // dumps of bytes
    public async Task Two_windows_chat_subscribe_publish_and_show_the_frames(string protocol, string sent, string received)
    {
        await using var ada = await ConsoleWindow.OpenAsync(browser, server.Address, "Ada", protocol);
        await using var grace = await ConsoleWindow.OpenAsync(browser, server.Address, "Grace", protocol);
        await Expect(ada.Page.Locator("#chat-present")).ToHaveTextAsync("2 here");

        await ada.SayAsync($"Hello from {protocol}");
        await Expect(grace.ChatMessages.Last).ToContainTextAsync($"Hello from {protocol}");
        await grace.SayAsync("<b>Hello</b> Ada!");
        await Expect(ada.ChatMessages.Last).ToHaveTextAsync("Grace<b>Hello</b> Ada!");

        await ada.SubscribeAsync("news");
        await grace.SubscribeAsync("news");
        await grace.Page.Locator("#publish-channel").SelectOptionAsync("news");
        await grace.Page.Locator("#publish-data").FillAsync("""{"headline":"Spring"}""");
        await grace.ClickAsync("Publish");
        await Expect(ada.Events.Filter(new() { HasText = "publication news" })).ToContainTextAsync("Spring");

        await RunCurlAsync(await ada.Page.Locator("#curl").InnerTextAsync());
        await Expect(ada.ChatMessages.Last).ToHaveTextAsync("serverhello from curl");
        await Expect(grace.ChatMessages.Last).ToHaveTextAsync("serverhello from curl");

        await Expect(ada.Frames.Filter(new() { HasText = "\u2192 out" }).Filter(new() { HasText = sent }).First).ToBeAttachedAsync();
        await Expect(ada.Frames.Filter(new() { HasText = "\u2190 in" }).Filter(new() { HasText = received }).First).ToBeAttachedAsync();
        await ada.Window.SaveScreenshotAsync(protocol == "JSON" ? "console" : "console-protobuf");
        ada.Window.AssertNoComplaints();
        grace.Window.AssertNoComplaints();
    }

    /// <summary>Does what the command that the page shows would do in a shell.</summary>
    private static async Task RunCurlAsync(string command)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, UrlArgument().Match(command).Groups[1].Value)
        {
            Content = new StringContent(DataArgument().Match(command).Groups[1].Value, Encoding.UTF8, "application/json"),
        };
        if (KeyArgument().Match(command) is { Success: true } key)
            request.Headers.Add("X-API-Key", key.Groups[1].Value);
        using var http = new HttpClient();
        using var response = await http.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [GeneratedRegex(@"curl (\S+)")]
    private static partial Regex UrlArgument();

    [GeneratedRegex("-d '([^']+)'")]
    private static partial Regex DataArgument();

    [GeneratedRegex("-H 'X-API-Key: ([^']+)'")]
    private static partial Regex KeyArgument();
}
