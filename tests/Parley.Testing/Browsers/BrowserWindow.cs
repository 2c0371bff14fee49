using System.Globalization;
using Microsoft.Playwright;
using Xunit;

namespace Parley.Testing.Browsers;

/// <summary>A window of the browser, which notes what its page complains of.</summary>
public sealed class BrowserWindow : IAsyncDisposable
{
    private const string ScreenshotVariable = "PARLEY_SCREENSHOTS";

    private readonly Lock _gate = new();
    private readonly List<string> _complaints = [];
    private readonly ITestOutputHelper? _output = TestContext.Current.TestOutputHelper;

    internal BrowserWindow(IPage page)
    {
        Page = page;
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
                Complain($"{message.Type} in the console: {message.Text} ({message.Location})");
        };
        page.PageError += (_, error) => Complain($"uncaught: {error}");
        page.Response += (_, response) =>
        {
            if (response.Status >= 400)
                Complain(string.Create(CultureInfo.InvariantCulture, $"{response.Status} for {response.Request.Method} {response.Url}"));
        };
    }

    /// <summary>The page in the window.</summary>
    public IPage Page { get; }

    /// <summary>
    /// Fails when the page logged an error or a warning (breaches of its Content-Security-Policy are errors), threw, or asked for
    /// something that it did not get.
    /// </summary>
    public void AssertNoComplaints()
    {
        lock (_gate)
            Assert.Empty(_complaints);
    }

    /// <summary>Saves a picture of the window as PNG, in the folder that the variable PARLEY_SCREENSHOTS names, else beside the tests.</summary>
    /// <param name="name">Name of the file, without extension.</param>
    public Task SaveScreenshotAsync(string name)
    {
        var folder = Environment.GetEnvironmentVariable(ScreenshotVariable) ?? Path.Combine(AppContext.BaseDirectory, "screenshots");
        return Page.ScreenshotAsync(new PageScreenshotOptions
        {
            Path = Path.Combine(folder, name + ".png"),
            Animations = ScreenshotAnimations.Disabled,
            Caret = ScreenshotCaret.Hide,
        });
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await Page.Context.CloseAsync();

    private void Complain(string what)
    {
        lock (_gate)
        {
            _complaints.Add(what);
            _output?.WriteLine(what);
        }
    }
}
