using Parley.Testing;
using Parley.Testing.Browsers;
using static Microsoft.Playwright.Assertions;

namespace Parley.EndToEnd.Tests.Browsers;

/// <summary>The page that shows every transport side by side.</summary>
[Collection(BrowserCollection.Name)]
public sealed class TransportsTests(ChromiumBrowser browser, TransportsApplication transports) : IClassFixture<TransportsApplication>
{
    private static readonly string[] Lanes = ["WebSocket", "HTTP stream", "Server-sent events", "Long polling", "Plain polling"];

    [Fact]
    public async Task Every_lane_gets_the_events_counts_them_and_misses_none()
    {
        await using var window = await browser.OpenWindowAsync(transports.Address);
        await window.Page.GotoAsync("/");
        await Expect(window.Page.Locator("section h2")).ToHaveTextAsync(Lanes);
        await Expect(window.Page.Locator(".state")).ToHaveTextAsync(
            ["connected by websocket", "connected by http_stream", "connected by sse", "connected by long_poll", "asks every two seconds"]);

        await window.Page.Locator("#pace").SelectOptionAsync("20");
        await window.Page.WaitForFunctionAsync(
            "() => [...document.querySelectorAll('[data-figure=events]')].every(field => Number(field.textContent.replace(',', '')) >= 60)");

        await Expect(window.Page.Locator("[data-figure=missed]")).ToHaveTextAsync(["0", "0", "0", "0", "0"]);
        await Expect(window.Page.Locator("[data-figure=requests]").First).ToHaveTextAsync("1");
        Assert.All(await window.Page.Locator("[data-figure=median]").AllTextContentsAsync(), static text => Assert.EndsWith(" ms", text, StringComparison.Ordinal));
        Assert.All(await window.Page.Locator("polyline").EvaluateAllAsync<int[]>("all => all.map(line => line.points.length)"), static count => Assert.True(count > 50));
        window.AssertNoComplaints();
        await window.SaveScreenshotAsync("transports");
    }

    [Fact]
    public async Task The_page_has_the_package_as_it_is_built()
    {
        var built = await File.ReadAllBytesAsync(Repository.PathOf("clients", "js", "dist", "parley.js"));
        var vendored = await File.ReadAllBytesAsync(Repository.PathOf("examples", "transports", "wwwroot", "vendor", "parley", "parley.js"));

        Assert.True(built.AsSpan().SequenceEqual(vendored), "Build clients/js, and copy dist/parley.js over the page's.");
    }
}
