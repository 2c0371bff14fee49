using System.CommandLine;
using Parley.LoadTest.Client;
using Parley.LoadTest.Measurement;
using Parley.LoadTest.Scenarios;

namespace Parley.LoadTest.Commands;

internal sealed class FanoutCommand : ScenarioCommand
{
    private readonly Option<int> _subscribers;
    private readonly Option<int> _payload;
    private readonly Option<double[]> _rates;
    private readonly Option<int> _inFlight;
    private readonly Option<FanoutLoops> _loop;
    private readonly Option<FanoutLoops> _warmupLoop;

    public FanoutCommand()
        : base("fanout", "Many subscribers of one channel: at a fixed rate (open loop), then as fast as it goes (closed loop).")
    {
        var defaults = new FanoutOptions();
        _subscribers = AddOption("--subscribers", "Clients that listen to the channel.", defaults.Subscribers);
        _payload = AddOption("--payload", "Bytes of a publication's data.", defaults.PayloadBytes);
        _rates = AddOption("--rate", "Publications per second in the open loop; several run one after the other.", defaults.Rates.ToArray());
        _rates.AllowMultipleArgumentsPerToken = true;
        _inFlight = AddOption("--in-flight", "Publications on their way at once in the closed loop.", defaults.InFlight);
        _loop = AddOption("--loop", "Which of the two to run.", defaults.Loops);
        _warmupLoop = AddOption("--warmup-loop", "Which of the two runs before the open loop is measured.", defaults.WarmupLoop);
    }

    protected override ScenarioResult Run(Target target, LoadPhase phase, ParseResult parsed) =>
        new FanoutScenario(target, phase, new FanoutOptions(
            parsed.GetValue(_subscribers),
            parsed.GetValue(_payload),
            parsed.GetValue(_inFlight),
            parsed.GetValue(_loop),
            parsed.GetValue(_warmupLoop))
        { Rates = parsed.GetValue(_rates)! }).Run();
}

internal sealed class ChannelsCommand : ScenarioCommand
{
    private readonly Option<int> _channels;
    private readonly Option<int> _publishers;
    private readonly Option<int> _payload;
    private readonly Option<double> _rate;

    public ChannelsCommand()
        : base("channels", "Many channels with one subscriber each, published to by a few connections at a fixed rate.")
    {
        var defaults = new ChannelsOptions();
        _channels = AddOption("--channels", "Channels, and subscribers.", defaults.Channels);
        _publishers = AddOption("--publishers", "Connections that publish.", defaults.Publishers);
        _payload = AddOption("--payload", "Bytes of a publication's data.", defaults.PayloadBytes);
        _rate = AddOption("--rate", "Publications per second over all channels.", defaults.Rate);
    }

    protected override ScenarioResult Run(Target target, LoadPhase phase, ParseResult parsed) =>
        new ChannelsScenario(target, phase, new ChannelsOptions(
            parsed.GetValue(_channels),
            parsed.GetValue(_publishers),
            parsed.GetValue(_payload),
            parsed.GetValue(_rate))).Run();
}

internal sealed class EchoCommand : ScenarioCommand
{
    private readonly Option<int> _connections;
    private readonly Option<int> _payload;
    private readonly Option<double> _rate;
    private readonly Option<int> _inFlight;
    private readonly Option<EchoMode> _mode;
    private readonly Option<string> _method;

    public EchoCommand()
        : base("echo", "Clients that get back what they send: by rpc, or from a channel of their own where the server has no rpc.")
    {
        var defaults = new EchoOptions();
        _connections = AddOption("--connections", "Clients.", defaults.Connections);
        _payload = AddOption("--payload", "Bytes of a request's data.", defaults.PayloadBytes);
        _rate = AddOption("--rate", "Requests per second over all clients; 0 for a closed loop.", defaults.Rate);
        _inFlight = AddOption("--in-flight", "Requests on their way at once in the closed loop.", defaults.InFlight);
        _mode = AddOption("--mode", "What a request is.", defaults.Mode);
        _method = AddOption("--method", "Method of the rpc command.", defaults.Method);
    }

    protected override ScenarioResult Run(Target target, LoadPhase phase, ParseResult parsed) =>
        new EchoScenario(target, phase, new EchoOptions(
            parsed.GetValue(_connections),
            parsed.GetValue(_payload),
            parsed.GetValue(_rate),
            parsed.GetValue(_inFlight),
            parsed.GetValue(_mode),
            parsed.GetValue(_method)!)).Run();
}

internal sealed class HttpCommand : ScenarioCommand
{
    private readonly Option<int> _connections;
    private readonly Option<int> _payload;

    public HttpCommand()
        : base("http", "Publications over HTTP on connections that are kept, each sent when the one before is answered. Needs --api.")
    {
        var defaults = new HttpOptions();
        _connections = AddOption("--connections", "Connections that publish.", defaults.Connections);
        _payload = AddOption("--payload", "Bytes of a publication's data.", defaults.PayloadBytes);
    }

    protected override ScenarioResult Run(Target target, LoadPhase phase, ParseResult parsed) => target.Api is null
        ? throw new LoadTestException("http needs --api, such as --api http://127.0.0.1:8000/api/")
        : new HttpScenario(target, phase, new HttpOptions(parsed.GetValue(_connections), parsed.GetValue(_payload))).Run();
}

internal sealed class IdleCommand : ScenarioCommand
{
    private readonly Option<int> _connections;
    private readonly Option<int> _room;
    private readonly Option<double> _settle;

    public IdleCommand()
        : base("idle", "Memory and CPU of a server whose clients listen to two channels and do nothing. Needs --pid.")
    {
        var defaults = new IdleOptions();
        _connections = AddOption("--connections", "Clients; each is a file descriptor here and in the server.", defaults.Connections);
        _room = AddOption("--room", "Clients that share a channel.", defaults.ClientsPerRoom);
        _settle = AddOption("--settle", "Most seconds to wait until memory stays the same.", defaults.MaxSettleSeconds);
    }

    protected override ScenarioResult Run(Target target, LoadPhase phase, ParseResult parsed) =>
        new IdleScenario(target, phase, new IdleOptions(
            parsed.GetValue(_connections),
            parsed.GetValue(_room),
            parsed.GetValue(_settle))).Run();
}
