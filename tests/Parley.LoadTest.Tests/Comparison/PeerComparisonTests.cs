using Parley.LoadTest.Comparison;
using Parley.LoadTest.Measurement;
using Parley.LoadTest.Scenarios;

namespace Parley.LoadTest.Tests.Comparison;

public sealed class PeerComparisonTests
{
    [Fact]
    public void What_was_run_before_is_not_run_again()
    {
        // None of them can be started, so that whatever is run fails.
        Peer[] peers = [new Peer { Name = "parley", Command = ["/does/not/exist"] }, new Peer { Name = "uws", Command = ["/does/not/exist"] }];
        var second = TimeSpan.FromSeconds(1);
        var comparison = new PeerComparison(peers, new DirectoryInfo("."), new LoadPhase(second, second), new ComparisonOptions(
            ["idle"], Rounds: 2, Rates: [50], IdleConnections: 10, IdleSeconds: 1, MaxNoise: 100, Attempts: 1));
        var result = new ScenarioResult("idle", [], []);

        var runs = comparison.Run(static _ => { }, [new PeerRun("parley", 1, "idle") { Result = result }, new PeerRun("uws", 2, "idle") { Result = result }]);

        Assert.Equal([("uws", 1), ("parley", 2)], runs.Select(static run => (run.Peer, run.Round)));
    }
}
