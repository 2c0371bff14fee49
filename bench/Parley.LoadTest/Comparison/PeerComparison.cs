using Parley.LoadTest.Client;
using Parley.LoadTest.Dialects;
using Parley.LoadTest.Measurement;
using Parley.LoadTest.Scenarios;

namespace Parley.LoadTest.Comparison;

/// <param name="Scenarios">Names, in the order to run.</param>
/// <param name="Rounds">How often each peer runs each scenario.</param>
/// <param name="Rates">Publications per second of the fan-out.</param>
/// <param name="IdleConnections">Connections of the idle scenario.</param>
/// <param name="IdleSeconds">How long at least the idle scenario measures CPU.</param>
/// <param name="MaxNoise">A run during which the rest of the machine used more than this (percent of one core) is repeated.</param>
/// <param name="Attempts">How often at most; the quietest run counts.</param>
/// <param name="Precision">Share of the rate to which the ceiling is found.</param>
internal sealed record ComparisonOptions(
    IReadOnlyList<string> Scenarios,
    int Rounds,
    IReadOnlyList<double> Rates,
    int IdleConnections,
    double IdleSeconds,
    double MaxNoise,
    int Attempts,
    double Precision = 0.1);

/// <summary>Runs scenarios against several servers in turn, so that a change in the machine's load hits all of them.</summary>
internal sealed class PeerComparison(IReadOnlyList<Peer> peers, DirectoryInfo root, LoadPhase phase, ComparisonOptions options)
{
    /// <summary>What runs when nothing else is asked for.</summary>
    public static readonly string[] DefaultScenarios = ["fanout", "channels", "echo", "idle"];

    /// <summary>All that there are.</summary>
    public static readonly string[] AllScenarios =
        ["fanout", "ceiling", "latency", "channels", "echo", "call", "http", "slow", "connect", "idle"];

    /// <summary>All runs, in the order in which they were made.</summary>
    /// <param name="onRun">Told of each when it has ended.</param>
    /// <param name="earlier">What was run before and need not be again.</param>
    public IReadOnlyList<PeerRun> Run(Action<PeerRun> onRun, IReadOnlyList<PeerRun>? earlier = null)
    {
        var runs = new List<PeerRun>();
        var done = (earlier ?? []).Select(static run => (run.Scenario, run.Round, run.Peer)).ToHashSet();
        foreach (var scenario in options.Scenarios)
        {
            for (var round = 1; round <= options.Rounds; round++)
            {
                foreach (var peer in peers)
                {
                    if (!CanRun(peer, scenario) || done.Contains((scenario, round, peer.Name)))
                        continue;

                    var run = RunQuietly(peer, scenario, round);
                    runs.Add(run);
                    onRun(run);
                }
            }
        }

        return runs;
    }

    private static bool CanRun(Peer peer, string scenario) => scenario switch
    {
        "http" => peer.Api is not null,
        "call" => Dialect.Find(peer.Dialect).Call("echo", Stamp.MinPayloadBytes) is not null,
        _ => true,
    };

    private PeerRun RunQuietly(Peer peer, string scenario, int round)
    {
        try
        {
            return new PeerRun(peer.Name, round, scenario) { Result = RunQuietly(peer, scenario) };
        }
        catch (LoadTestException exception)
        {
            return new PeerRun(peer.Name, round, scenario) { Failure = exception.Message };
        }
    }

    private ScenarioResult RunQuietly(Peer peer, string scenario)
    {
        ScenarioResult? best = null;
        // Others may keep the processors busy, but not change how much memory a server takes.
        var attempts = scenario == "idle" ? 1 : options.Attempts;
        for (var attempt = 0; attempt < attempts; attempt++)
        {
            // A new process for each run: no run finds the heap that another left.
            using var server = PeerServer.Start(peer, root);
            var result = RunOnce(server.Target, scenario);
            if (best is null || result.Noise < best.Noise)
                best = result;

            if (best.Noise <= options.MaxNoise)
                break;
        }

        return best!;
    }

    private ScenarioResult RunOnce(Target target, string scenario) => scenario switch
    {
        "fanout" => new FanoutScenario(target, phase, new FanoutOptions { Rates = options.Rates }).Run(),
        "ceiling" => new CeilingScenario(target, phase, new CeilingOptions(Precision: options.Precision)).Run(),
        "latency" => new FanoutScenario(target, phase, FanoutOptions.Latency).Run(),
        "channels" => new ChannelsScenario(target, phase, new ChannelsOptions()).Run(),
        "echo" => new EchoScenario(target, phase, new EchoOptions(Mode: EchoMode.Publish)).Run(),
        "call" => new EchoScenario(target, phase, new EchoOptions(Name: "call")).Run(),
        "idle" => new IdleScenario(target, phase, new IdleOptions(options.IdleConnections, MinWatchSeconds: options.IdleSeconds)).Run(),
        "connect" => new ConnectScenario(target, phase, new ConnectOptions()).Run(),
        "slow" => new SlowScenario(target, phase, new SlowOptions()).Run(),
        "http" => new HttpScenario(target, phase, new HttpOptions()).Run(),
        _ => throw new LoadTestException($"there is no scenario {scenario}"),
    };
}

/// <summary>One run of one scenario against one peer: a result or what went wrong.</summary>
internal sealed record PeerRun(string Peer, int Round, string Scenario)
{
    public ScenarioResult? Result { get; init; }

    public string? Failure { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>What was built.</summary>
    public string? Commit { get; init; }
}
