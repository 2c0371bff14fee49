using System.CommandLine;
using Parley.LoadTest.Client;
using Parley.LoadTest.Dialects;
using Parley.LoadTest.Measurement;
using Parley.LoadTest.Scenarios;

namespace Parley.LoadTest.Commands;

/// <summary>The options that every scenario has.</summary>
internal sealed class TargetOptions
{
    private readonly Option<Uri> _url = new("--url")
    {
        Description = "WebSocket endpoint of the server. The certificate of wss:// is not looked at, so only for servers on loopback.",
        DefaultValueFactory = _ => new Uri("ws://127.0.0.1:8000/connection/websocket"),
        CustomParser = result => new Uri(result.Tokens[0].Value),
    };

    private readonly Option<Transport> _transport = new("--transport")
    {
        Description = $"What clients use: {string.Join(", ", TransportNames.All)}. The others' paths lie beside that of the WebSocket; publishers keep to it.",
        DefaultValueFactory = _ => Transport.Websocket,
        CustomParser = result => TransportNames.Parse(result.Tokens[0].Value),
    };

    private readonly Option<Dialect> _dialect = new("--dialect")
    {
        Description = $"How the server is spoken to: {string.Join(", ", Dialect.Names)}.",
        DefaultValueFactory = _ => Dialect.Default,
        CustomParser = result => Dialect.Find(result.Tokens[0].Value),
    };

    private readonly Option<int?> _pid = new("--pid") { Description = "Process id of the server, to read its CPU time and memory." };
    private readonly Option<string?> _token = new("--token") { Description = "Connection token (JWT)." };

    private readonly Option<Uri?> _api = new("--api")
    {
        Description = "Publish over the HTTP API at this address, such as http://127.0.0.1:8000/api/, in place of a WebSocket.",
        CustomParser = result => new Uri(result.Tokens[0].Value.TrimEnd('/') + '/'),
    };

    private readonly Option<string?> _apiKey = new("--api-key") { Description = "Key of the HTTP API." };

    private readonly Option<int> _parallel = new("--parallel")
    {
        Description = "Connections on their way at once while they are opened.",
        DefaultValueFactory = _ => 64,
    };

    private readonly Option<double> _warmup = new("--warmup")
    {
        Description = "Seconds of the same traffic before measuring.",
        DefaultValueFactory = _ => 6,
    };

    private readonly Option<double> _duration = new("--duration")
    {
        Description = "Seconds to measure, for each phase.",
        DefaultValueFactory = _ => 5,
    };

    private readonly Option<FileInfo?> _json = new("--json") { Description = "Write the figures to this file." };

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _url, _transport, _dialect, _pid, _token, _api, _apiKey, _parallel, _warmup, _duration, _json })
            command.Add(option);
    }

    public Target Target(ParseResult parsed) => new(parsed.GetValue(_url)!)
    {
        Transport = parsed.GetValue(_transport),
        Dialect = parsed.GetValue(_dialect)!,
        Process = parsed.GetValue(_pid) is { } id ? new ServerProcess(id) : null,
        Token = parsed.GetValue(_token),
        Api = parsed.GetValue(_api),
        PublishesOverHttp = parsed.GetValue(_api) is not null,
        ApiKey = parsed.GetValue(_apiKey),
        Parallel = parsed.GetValue(_parallel),
    };

    public LoadPhase Phase(ParseResult parsed) =>
        new(TimeSpan.FromSeconds(parsed.GetValue(_warmup)), TimeSpan.FromSeconds(parsed.GetValue(_duration)));

    public FileInfo? Json(ParseResult parsed) => parsed.GetValue(_json);
}
