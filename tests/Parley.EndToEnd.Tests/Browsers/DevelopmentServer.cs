using System.Text.RegularExpressions;
using Parley.Testing;

namespace Parley.EndToEnd.Tests.Browsers;

/// <summary>The real server as a newcomer starts it, with <c>serve --dev</c>, in an empty folder.</summary>
public sealed partial class DevelopmentServer : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("parley-dev-").FullName;
    private ChildProcess? _process;

    public Uri Address { get; private set; } = new("http://127.0.0.1:0");

    public async ValueTask InitializeAsync()
    {
        string[] command = [.. ServerProgram.Command, "serve", "--dev", "--urls", Address.ToString()];
        _process = ChildProcess.Start(command[0], command[1..], _folder);
        var line = await _process.WaitForLineAsync(static line => ListeningLine().IsMatch(line));
        Address = new Uri(ListeningLine().Match(line).Groups[1].Value);
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [GeneratedRegex(@"is listening on (http://127\.0\.0\.1:\d+)")]
    private static partial Regex ListeningLine();
}
