using System.Text.RegularExpressions;
using Parley.Testing;

namespace Parley.Server.Tests;

/// <summary>The real server as a process of its own, in a folder of its own, with any command line.</summary>
public sealed partial class ServerProcess : IAsyncDisposable
{
    // All that .NET itself needs; the rest of this machine's variables might be meant for another server.
    private static readonly string[] Inherited = ["PATH", "HOME", "DOTNET_ROOT", "TMPDIR"];

    private readonly ChildProcess _process;

    private ServerProcess(ChildProcess process) => _process = process;

    public static string AssemblyPath { get; } = Repository.AssemblyOf("Parley.Server");

    public string Output => _process.StandardOutput;

    public string Error => _process.StandardError;

    /// <summary>Both streams, for searching.</summary>
    public string Everything => _process.Output;

    public int ExitCode { get; private set; }

    public static ServerProcess Start(
        TestFolder folder, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
        => Start(folder, "dotnet", ["exec", AssemblyPath, .. arguments], environment);

    /// <summary>Starts it by another program, as a shell.</summary>
    public static ServerProcess Start(
        TestFolder folder, string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var variables = Environment.GetEnvironmentVariables().Keys.Cast<string>().Except(Inherited, StringComparer.Ordinal)
            .ToDictionary(static name => name, static string? (_) => null);
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            variables[name] = value;

        return new(ChildProcess.Start(program, arguments, folder.Path, variables));
    }

    /// <summary>Runs a command that ends by itself.</summary>
    public static async Task<ServerProcess> RunAsync(
        TestFolder folder, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var process = Start(folder, arguments, environment);
        await process.WaitForExitAsync();
        return process;
    }

    /// <summary>Waits until the server says where it listens.</summary>
    public async Task<Uri> WaitForAddressAsync()
        => new(Listening().Match(await WaitForLineAsync(static line => Listening().IsMatch(line))).Groups[1].Value);

    /// <summary>Waits for a line of standard output.</summary>
    public Task<string> WaitForLineAsync(Predicate<string> isMeant) => _process.WaitForLineAsync(isMeant);

    /// <summary>Asks the server to stop, as a supervisor does.</summary>
    public void Terminate() => _process.Terminate();

    public async Task<int> WaitForExitAsync() => ExitCode = await _process.Exit.WaitAsync(Patience.Limit);

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    [GeneratedRegex(@"is listening on ([^\s,""]+)")]
    private static partial Regex Listening();
}
