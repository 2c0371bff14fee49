using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Xunit;

namespace Parley.Testing;

/// <summary>The real server in a process of its own: on a free port of the loopback address, with keys of its own, in an empty folder.</summary>
/// <remarks>
/// Derive a fixture from it for each configuration, so that tests share the servers. Its settings take all the ways that a user has:
/// the configuration is a <c>parley.json</c> in the working folder, secrets are in the environment, the address is on the command line.
/// </remarks>
/// <param name="configuration">Section <c>Parley</c> as JSON.</param>
public partial class ParleyServerProcess([System.Diagnostics.CodeAnalysis.StringSyntax("json")] string configuration) : IAsyncLifetime
{
    private static readonly string[] ServerVariables = ["Parley_", "Kestrel_", "Logging_", "ASPNETCORE_", "DOTNET_ENVIRONMENT", "DOTNET_URLS"];
    private static int _channels;

    private readonly string _folder = Directory.CreateTempSubdirectory("parley-").FullName;
    private ChildProcess? _process;
    private ParleyApi? _api;
    private string _log = "";

    /// <summary>A key of the HTTP API.</summary>
    public string ApiKey { get; } = $"api-key-{Guid.NewGuid():N}";

    /// <summary>Secret of the tokens.</summary>
    public string TokenSecret { get; } = $"token-secret-{Guid.NewGuid():N}";

    /// <summary>Whether it may log errors, as a test makes it that has its disk fail.</summary>
    public bool MayLogErrors { get; init; }

    /// <summary>What starts its program, and becomes it: a shell that sets something for it. Default: nothing.</summary>
    protected virtual IEnumerable<string> Launcher => [];

    /// <summary>Signs tokens that the server accepts.</summary>
    public TestTokens Tokens => new(TokenSecret);

    /// <summary>Where it listens, as <c>http://127.0.0.1:40000</c>.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1");

    /// <summary>Where it listens.</summary>
    public IPEndPoint Endpoint => IPEndPoint.Parse(Address.Authority);

    /// <summary>Where clients connect.</summary>
    public Uri WebSocketUrl => WebSocketUrlAt(Endpoint);

    /// <summary>Calls its HTTP API.</summary>
    public ParleyApi Api => _api ?? throw new InvalidOperationException("The server is not running.");

    /// <summary>The process it runs in.</summary>
    public ChildProcess Process => _process ?? throw new InvalidOperationException("The server is not running.");

    /// <summary>All that it printed, also before a restart.</summary>
    public string Log => _log + _process?.Output;

    /// <summary>Where clients connect when a relay stands in between.</summary>
    public static Uri WebSocketUrlAt(IPEndPoint endpoint) => new($"ws://{endpoint}/connection/websocket");

    /// <summary>A channel name that no other test has, so that tests share a server and need not clean up.</summary>
    /// <param name="channelNamespace">Null: none.</param>
    public static string NewChannel(string? channelNamespace = null)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"channel-{Interlocked.Increment(ref _channels)}");
        return channelNamespace is null ? name : $"{channelNamespace}:{name}";
    }

    /// <summary>Starts the server, at another address than before.</summary>
    public async Task StartAsync()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "parley.json"), $$"""{ "Parley": {{configuration}} }""");
        string[] command = [.. Launcher, .. ServerProgram.Command, "serve", "--urls", "http://127.0.0.1:0"];
        _process = ChildProcess.Start(command[0], command[1..], _folder, Environment());
        var line = await _process.WaitForLineAsync(static line => ListeningLine().IsMatch(line));
        Address = new Uri(ListeningLine().Match(line).Groups[1].Value);
        _api = new ParleyApi(Address, ApiKey);
    }

    /// <summary>Stops the server as an operator does, with SIGTERM.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> StopAsync()
    {
        var exitCode = await Process.StopAsync();
        await ForgetAsync();
        return exitCode;
    }

    /// <summary>Ends the server without a chance to say goodbye, as a crash does.</summary>
    public async Task KillAsync()
    {
        await Process.KillAsync();
        await ForgetAsync();
    }

    /// <inheritdoc/>
    public async ValueTask InitializeAsync() => await StartAsync();

    /// <summary>Stops the server, which must end in order and may have logged no error.</summary>
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        var exitCode = 0;
        try
        {
            if (_process is not null)
                exitCode = await StopAsync();
        }
        finally
        {
            Directory.Delete(_folder, recursive: true);
        }

        if (exitCode != 0 || (!MayLogErrors && ErrorLine().IsMatch(Log)))
            throw new InvalidOperationException($"The server ended with exit code {exitCode} and this log:\n{Log}");
    }

    private async Task ForgetAsync()
    {
        _api?.Dispose();
        _api = null;
        if (_process is { } process)
        {
            _log = Log;
            _process = null;
            await process.DisposeAsync();
        }
    }

    private Dictionary<string, string?> Environment()
    {
        // What the machine of a developer or of CI has set for other servers must not reach this one.
        var variables = System.Environment.GetEnvironmentVariables().Keys.Cast<string>()
            .Where(static name => ServerVariables.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)))
            .ToDictionary(static name => name, static string? (_) => null);
        variables["Parley__Tokens__HmacSecret"] = TokenSecret;
        variables["Parley__Api__Keys__0"] = ApiKey;
        return variables;
    }

    [GeneratedRegex(@"^(fail|crit): ", RegexOptions.Multiline)]
    private static partial Regex ErrorLine();

    [GeneratedRegex(@"is listening on (http://127\.0\.0\.1:\d+)")]
    private static partial Regex ListeningLine();
}
