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

    public void Dispose() => _folder.Delete(recursive: true);

    private static PeerRun Run(string peer, int round, double memory) => new(peer, round, "idle")
    {
        Result = new ScenarioResult("idle", [new Metric("memory per connection", memory, "KiB"), new Metric(ScenarioResult.NoiseName, 3, "%")], []),
    };

    private static PeerRun Failed(string peer, string because) => new(peer, 1, "idle") { Failure = because };

    private string Write(PeerRun[] runs, string missing)
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
