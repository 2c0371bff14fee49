using Parley.LoadTest.Commands;
using Parley.LoadTest.Comparison;
using Parley.LoadTest.Measurement;

namespace Parley.LoadTest.Tests.Comparison;

public sealed class FullReportTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parley-report-");

    [Fact]
    public void What_is_missing_and_what_failed_is_said()
    {
        var text = Write(
            [Run("parley", 1, 10), Run("parley", 2, 14), Run("parley", 3, 11), Run("uws", 1, 22), Failed("ws", "subscriber 3 got 2 of 5 publications")],
            missing: "npm ci ended with 1:\nno network");

        Assert.Contains("| **Parley** | 11.0 (10.0 to 14.0) | 0.50 | 1.00 |", text, StringComparison.Ordinal);
        Assert.Contains("| uws | 22.0 | 1.00 | 2.00 |", text, StringComparison.Ordinal);
        Assert.Contains("| ws | – | – | – |", text, StringComparison.Ordinal);
        Assert.Contains("- ws: **failed** in round 1: subscriber 3 got 2 of 5 publications", text, StringComparison.Ordinal);
        Assert.Contains("- **bun is missing**: npm ci ended with 1: no network", text, StringComparison.Ordinal);
        Assert.Contains("![", text, StringComparison.Ordinal);
        var plot = Assert.Single(_folder.GetFiles("report/*.svg"));
        Assert.Contains($"(report/{plot.Name})", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_report_that_was_gone_on_with_says_when_and_of_what_each_scenario_was_measured()
    {
        var before = new DateTimeOffset(2026, 11, 29, 20, 1, 0, TimeSpan.Zero);

        var text = Write(
        [
            Run("parley", 1, 10) with { At = before, Commit = "aaa" },
            Run("peer of an earlier day", 1, 10) with { At = before.AddMinutes(9), Commit = "aaa" },
            Run("uws", 1, 9) with { At = before.AddHours(2), Commit = "bbb" },
        ]);

        Assert.Contains("- Measured 2026-11-29 20:01 to 2026-11-29 20:10 UTC, commit aaa", text, StringComparison.Ordinal);
        Assert.Contains("- Measured 2026-11-29 22:01 to 2026-11-29 22:01 UTC, commit bbb", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Runs_are_read_as_they_were_written()
    {
        var file = new FileInfo(Path.Combine(_folder.FullName, "runs.json"));
        PeerRun[] runs = [Run("parley", 1, 10) with { At = DateTimeOffset.UnixEpoch, Commit = "aaa" }, Failed("ws", "it did not start")];
        ResultOutput.Write(file, runs);

        var read = ResultOutput.Read<PeerRun[]>(file);

        Assert.Equal(runs[0].Result!.Metrics, read[0].Result!.Metrics);
        Assert.Equal(runs.Select(static run => run with { Result = null }), read.Select(static run => run with { Result = null }));
        File.WriteAllText(file.FullName, "none");
        Assert.Throws<LoadTestException>(() => ResultOutput.Read<PeerRun[]>(file));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static PeerRun Run(string peer, int round, double memory) => new(peer, round, "idle")
    {
        Result = new ScenarioResult("idle", [new Metric("memory per connection", memory, "KiB"), new Metric(ScenarioResult.NoiseName, 3, "%")], []),
    };

    private static PeerRun Failed(string peer, string because) => new(peer, 1, "idle") { Failure = because };

    private string Write(PeerRun[] runs, string missing = "it is not asked for")
    {
        (Peer, string)[] peers =
        [
            (new Peer { Name = "parley", Title = "Parley" }, ".NET"), (new Peer { Name = "uws" }, "1"), (new Peer { Name = "ws" }, "2"),
        ];
        var file = new FileInfo(Path.Combine(_folder.FullName, "report.md"));
        new FullReport(peers, [(new Peer { Name = "bun" }, missing)], runs, "parley", ["uws", "parley"]).Write(file, "abc", "bench/compare", null);
        return File.ReadAllText(file.FullName);
    }
}
