using Parley.LoadTest.Client;
using Parley.LoadTest.Comparison;
using Parley.LoadTest.Measurement;
using Parley.LoadTest.Scenarios;
using Parley.LoadTest.Tests.Scenarios;

namespace Parley.LoadTest.Tests.Comparison;

public sealed class FigureTests
{
    private static readonly LoadPhase Phase = new(TimeSpan.FromSeconds(0.1), TimeSpan.FromSeconds(0.3));

    public static TheoryData<string> Scenarios => ["fanout", "latency", "channels", "echo", "call", "http", "slow", "connect", "idle"];

    // A figure whose metric has another name would be missing from the report without a word.
    [Theory]
    [MemberData(nameof(Scenarios))]
    public void Every_figure_of_a_scenario_is_among_its_results(string scenario)
    {
        using var server = new ScriptedServer { HasRpc = true };

        var result = Run(scenario, server.Target);

        Assert.Equal(scenario, result.Scenario);
        Assert.Empty(Figure.All.Where(f => f.Scenario == scenario).Select(f => f.Metric).Except(result.Metrics.Select(m => m.Name)));
    }

    [Fact]
    public void Every_scenario_has_figures_and_a_file_for_each_plot()
    {
        Assert.Empty(PeerComparison.AllScenarios.Except(Figure.All.Select(f => f.Scenario)));
        Assert.Distinct(Figure.All.Where(f => f.Plot is not null).Select(f => f.PlotFile));
    }

    private static ScenarioResult Run(string scenario, Target target) => scenario switch
    {
        "fanout" => new FanoutScenario(target, Phase, new FanoutOptions(Subscribers: 5) { Rates = [50, 100] }).Run(),
        "latency" => new FanoutScenario(target, Phase, FanoutOptions.Latency with { Subscribers = 5 }).Run(),
        "channels" => new ChannelsScenario(target, Phase, new ChannelsOptions(5, 2, 64, 100)).Run(),
        "echo" => new EchoScenario(target, Phase, new EchoOptions(Connections: 5, Rate: 100, Mode: EchoMode.Publish)).Run(),
        "call" => new EchoScenario(target, Phase, new EchoOptions(Connections: 5, Rate: 100, Name: "call")).Run(),
        "http" => new HttpScenario(target, Phase, new HttpOptions(Connections: 2)).Run(),
        "slow" => new SlowScenario(target, Phase, new SlowOptions(Subscribers: 4, OneIn: 4, PayloadBytes: 1024)).Run(),
        "connect" => new ConnectScenario(target, Phase, new ConnectOptions(Standing: 2, Parallel: 2)).Run(),
        _ => new IdleScenario(target, Phase, new IdleOptions(Connections: 5, MaxSettleSeconds: 0)).Run(),
    };
}
