using Microsoft.Playwright;
using Xunit;

namespace Parley.Testing.Browsers;

/// <summary>A headless Chromium, the one of the system, driven over the DevTools protocol.</summary>
/// <remarks>Its profile is new and empty, and it ends with the tests. It fails, and does not skip, where there is no Chromium.</remarks>
public sealed class ChromiumBrowser : IAsyncLifetime
{
    /// <summary>The usual size of a window.</summary>
    public static readonly ViewportSize Desktop = new() { Width = 1200, Height = 800 };

    /// <summary>The size of a phone.</summary>
    public static readonly ViewportSize Phone = new() { Width = 390, Height = 780 };

    private static readonly string[] Flags =
    [
        "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ];

    private IPlaywright? _driver;
    private IBrowser? _browser;

    /// <summary>Opens a window with a profile of its own: nothing is shared with other windows, as on another computer.</summary>
    /// <param name="address">What the addresses in a test are relative to.</param>
    /// <param name="size">Null: <see cref="Desktop"/>.</param>
    /// <param name="isDark">Prefer dark colours.</param>
    public async Task<BrowserWindow> OpenWindowAsync(Uri address, ViewportSize? size = null, bool isDark = false)
    {
        var browser = _browser ?? throw new InvalidOperationException("The browser is not running.");
        var context = await browser.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = address.ToString(),
            ViewportSize = size ?? Desktop,
            ColorScheme = isDark ? ColorScheme.Dark : ColorScheme.Light,
            Locale = "en-GB",
            TimezoneId = "UTC",
            // The certificates of tests are nobody's.
            IgnoreHTTPSErrors = true,
        });
        context.SetDefaultTimeout((float)Patience.Limit.TotalMilliseconds);
        return new BrowserWindow(await context.NewPageAsync());
    }

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        Assertions.SetDefaultExpectTimeout((float)Patience.Limit.TotalMilliseconds);
        var executable = FindExecutable();
        _driver = await Playwright.CreateAsync();
        _browser = await _driver.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = executable,
            // Chromium refuses to run as root with its sandbox, and containers often have no other user.
            Args = Environment.IsPrivilegedProcess ? [.. Flags, "--no-sandbox"] : Flags,
        });
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.CloseAsync();
        _driver?.Dispose();
    }

    private static string FindExecutable() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Select(static folder => Path.Combine(folder, "chromium"))
            .FirstOrDefault(File.Exists)
        ?? throw new InvalidOperationException(
            "These tests drive Chromium, and there is no program 'chromium' in the search path. Install it with "
            + "'apt-get install chromium', or let ./test do that.");
}
