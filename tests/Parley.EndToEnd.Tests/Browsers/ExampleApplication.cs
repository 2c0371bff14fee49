using System.Text.RegularExpressions;
using Parley.Testing;

namespace Parley.EndToEnd.Tests.Browsers;

/// <summary>One of the examples in a process of its own, as it was built, on a free port of the loopback address.</summary>
/// <param name="folder">Below <c>examples</c>.</param>
/// <param name="assembly">Name of the assembly.</param>
public abstract partial class ExampleApplication(string folder, string assembly) : IAsyncLifetime
{
    private readonly string _home = Directory.CreateTempSubdirectory("parley-example-").FullName;
    private ChildProcess? _process;

    public Uri Address { get; private set; } = new("http://127.0.0.1:0");

    public async ValueTask InitializeAsync() => await StartAsync();

    /// <summary>Ends the process at once and starts another at the same address, which knows nothing of before but who is logged in.</summary>
    public async Task CrashAndRestartAsync()
    {
        await _process!.KillAsync();
        await _process.DisposeAsync();
        await StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
        Directory.Delete(_home, recursive: true);
        GC.SuppressFinalize(this);
    }

    private async Task StartAsync()
    {
        var project = Repository.PathOf("examples", folder);
        _process = ChildProcess.Start(
            "dotnet",
            ["exec", Path.Combine(project, "bin", Repository.Configuration, "net10.0", assembly + ".dll"), "--urls", Address.ToString()],
            workingDirectory: project,
            new Dictionary<string, string?>
            {
                ["HOME"] = _home, // where ASP.NET Core keeps the keys that protect cookies
                ["ASPNETCORE_ENVIRONMENT"] = "Development", // as "dotnet run" does
                ["ASPNETCORE_FORWARDEDHEADERS_ENABLED"] = "true", // as behind a proxy
                ["Parley__Tokens__HmacSecret"] = $"secret-of-this-test-{Guid.NewGuid():N}",
            });
        var line = await _process.WaitForLineAsync(static line => ListeningLine().IsMatch(line));
        Address = new Uri(ListeningLine().Match(line).Groups[1].Value);
    }

    [GeneratedRegex(@"Now listening on: (http://127\.0\.0\.1:\d+)")]
    private static partial Regex ListeningLine();
}
