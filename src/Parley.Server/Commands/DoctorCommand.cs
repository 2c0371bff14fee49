using System.CommandLine;
using Parley.Server.Doctor;

namespace Parley.Server.Commands;

/// <summary><c>doctor</c>: tries every transport of a server from here, through whatever lies in between.</summary>
internal sealed class DoctorCommand
{
    private const string Description = """
        Try every transport of a running server from this machine, and say what is in the way. Run it where the clients are: what a proxy does
        shows only from behind it. Each connection is kept for a while, to see whether something cuts it.
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Argument<Uri> _url = new("URL")
    {
        Description = "Address of the server or the proxy before it, as https://example.com.",
        CustomParser = static result => Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
            ? url
            : Fail(result),
    };

    private readonly Option<string> _token = new("--token") { Description = "Connect with this token.", HelpName = "TOKEN" };

    private readonly Option<string> _prefix = new("--prefix")
    {
        Description = "Path before the transports' names.",
        HelpName = "PATH",
        DefaultValueFactory = static _ => "/connection",
    };

    private readonly Option<string[]> _headers = new("--header")
    {
        Description = "Send this header with every request, as 'Name: value'. Can be given more than once.",
        HelpName = "HEADER",
    };

    private readonly Option<double> _hold = new("--hold")
    {
        Description = "Seconds to keep each connection quiet; 0: not at all.",
        HelpName = "SECONDS",
        DefaultValueFactory = static _ => 40,
    };

    private DoctorCommand()
    {
        _headers.Validators.Add(static result =>
        {
            if (result.GetValueOrDefault<string[]>()?.Any(static header => header.IndexOf(':', StringComparison.Ordinal) < 1) == true)
                result.AddError("Option '--header' needs a name and a value, as 'X-Api-Key: 123'.");
        });
        _hold.Validators.Add(static result =>
        {
            if (result.GetValueOrDefault<double>() is not (>= 0 and <= 3600))
                result.AddError("Option '--hold' needs seconds from 0 to 3600.");
        });
    }

    public static Command Create()
    {
        var options = new DoctorCommand();
        Command command = new("doctor", Description) { options._url, options._token, options._prefix, options._headers, options._hold };
        command.SetAction((result, cancellationToken) => options.RunAsync(result, cancellationToken));
        return command;
    }

    private async Task<int> RunAsync(ParseResult result, CancellationToken cancellationToken)
    {
        var examination = new Examination(
            result.GetRequiredValue(_url),
            result.GetRequiredValue(_prefix).TrimEnd('/'),
            result.GetValue(_token) ?? "",
            [.. (result.GetValue(_headers) ?? []).Select(static header => Split(header))],
            TimeSpan.FromSeconds(result.GetValue(_hold)),
            Patience);
        var output = result.InvocationConfiguration.Output;
        await output.WriteLineAsync($"Trying {examination.Server}, {examination.Hold.TotalSeconds:0} s for each transport at once ...");

        using var http = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
        var findings = await Task.WhenAll(
            WebSocketProbe.RunAsync(examination, cancellationToken),
            new StreamProbe("http_stream", http).RunAsync(examination, cancellationToken),
            new StreamProbe("sse", http).RunAsync(examination, cancellationToken),
            new LongPollProbe(http).RunAsync(examination, cancellationToken),
            new EventsProbe(http).RunAsync(examination, cancellationToken));
        foreach (var finding in findings)
            await WriteAsync(output, finding);

        var working = findings.Where(static finding => finding.Works).Select(static finding => finding.Transport).ToArray();
        await output.WriteLineAsync(working.Length switch
        {
            0 => "No transport works from here.",
            _ when working.Length == findings.Length => "Every transport works from here.",
            _ => $"Clients from here can use: {string.Join(", ", working)}.",
        });
        return working.Length == findings.Length ? ExitCodes.Success : ExitCodes.Failure;
    }

    private static async Task WriteAsync(TextWriter output, Finding finding)
    {
        await output.WriteLineAsync($"{finding.Transport,-12} {(finding.Works ? "works" : "FAILS")}: {finding.Observed}");
        if (finding.Advice is { } advice) await output.WriteLineAsync($"             {advice}");
    }

    private static KeyValuePair<string, string> Split(string header)
    {
        var colon = header.IndexOf(':', StringComparison.Ordinal);
        return KeyValuePair.Create(header[..colon].Trim(), header[(colon + 1)..].Trim());
    }

    private static Uri Fail(System.CommandLine.Parsing.ArgumentResult result)
    {
        result.AddError("URL must be an address as https://example.com.");
        return null!;
    }
}
