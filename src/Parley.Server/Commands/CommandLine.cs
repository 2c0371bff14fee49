using System.CommandLine;
using System.CommandLine.Invocation;
using Parley.Server.Configuration;

namespace Parley.Server.Commands;

/// <summary>The command line: what there is, and what is answered when it is not understood.</summary>
internal static class CommandLine
{
    private const string Description = """
        Parley: real-time messages from your servers to browsers, phones and services.

        Without a command it serves. Configuration comes from appsettings.json and parley.json in the working folder, --config FILE,
        the environment (Parley__Clients__MaxChannels=64) and the command line (--Parley:Clients:MaxChannels 64), the later wins.
        Keys of the web server and of logging work alike: --Kestrel:Endpoints:Https:Url, --Logging:LogLevel:Default.
        """;

    /// <summary>Runs what the arguments ask for.</summary>
    /// <returns>The exit code: 0, 1 for a bad configuration or a failed start, 2 when the arguments are not understood.</returns>
    public static async Task<int> RunAsync(string[] arguments, TextWriter output, TextWriter error)
    {
        var keys = CommandLineSettings.Split(arguments);
        var result = CreateRoot(keys.Values).Parse(keys.Remaining, new() { ResponseFileTokenReplacer = null });

        // The host handles SIGINT and SIGTERM itself, with its own deadline.
        InvocationConfiguration console = new() { Output = output, Error = error, ProcessTerminationTimeout = null };
        if (keys.Errors.Count == 0 && result.Errors.Count == 0)
            return await result.InvokeAsync(console);

        foreach (var message in keys.Errors)
            await error.WriteLineAsync(message);
        if (result.Action is ParseErrorAction parseError)
        {
            parseError.ShowHelp = false;
            await result.InvokeAsync(console);
        }

        await error.WriteLineAsync("Run with --help to see what there is.");
        return ExitCodes.Misuse;
    }

    private static RootCommand CreateRoot(IReadOnlyList<KeyValuePair<string, string?>> values)
    {
        Option<string> config = new("--config", "-c")
        {
            Description = "Read this JSON file too, after parley.json. It must exist.",
            HelpName = "FILE",
            Recursive = true,
        };
        Option<bool> dev = new("--dev")
        {
            Description = "Development mode: no tokens needed, a live console at /, secrets are shown. On loopback addresses only.",
            Recursive = true,
        };
        Option<string> urls = new("--urls")
        {
            Description = $"Listen on these addresses, separated by semicolons. Default {BuiltInValues.DefaultUrl}.",
            HelpName = "URLS",
            Recursive = true,
        };
        RootCommand root = new(Description) { config, dev, urls };
        root.Add(ServeCommand.Create(Request));
        root.Add(TokenCommand.Create(Request));
        root.Add(CheckCommand.Create(Request));
        root.Add(DoctorCommand.Create());
        root.Add(VersionCommand.Create());
        root.SetAction((result, cancellationToken) => ServeCommand.RunAsync(Request(result), result.InvocationConfiguration, cancellationToken));
        return root;

        ConfigurationRequest Request(ParseResult result) => new()
        {
            File = result.GetValue(config),
            IsDevelopment = result.GetValue(dev),
            Urls = result.GetValue(urls),
            Values = values,
        };
    }
}
