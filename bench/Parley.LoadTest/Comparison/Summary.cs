using System.Globalization;
using Parley.LoadTest.Commands;
using Parley.LoadTest.Measurement;

namespace Parley.LoadTest.Comparison;

/// <summary>Turns runs into Markdown tables: for each figure the median of the rounds, their range, and the ratio to the baseline.</summary>
internal sealed class Summary(IReadOnlyList<PeerRun> runs, IReadOnlyList<string> peers, string baseline)
{
    public void WriteTo(TextWriter writer)
    {
        foreach (var scenario in runs.GroupBy(r => r.Scenario))
            WriteScenario(writer, scenario.Key, [.. scenario]);
    }

    private void WriteScenario(TextWriter writer, string scenario, PeerRun[] of)
    {
        var others = peers.Where(p => p != baseline).ToArray();
        writer.WriteLine($"### {scenario}");
        writer.WriteLine();
        var columns = peers.Concat(others.Select(p => $"{p} : {baseline}"));
        writer.WriteLine($"| median (lowest to highest) | {string.Join(" | ", columns)} |");
        writer.WriteLine($"|---|{string.Concat(Enumerable.Repeat("---:|", peers.Count + others.Length))}");
        foreach (var metric in Metrics(of))
        {
            var values = peers.ToDictionary(p => p, p => Values(of, p, metric.Name));
            var cells = peers.Select(p => Cell(values[p]))
                .Concat(others.Select(p => Ratio(Median(values[p]), Median(values[baseline]))));
            writer.WriteLine($"| {metric.Name}, {metric.Unit} | {string.Join(" | ", cells)} |");
        }

        writer.WriteLine();
        foreach (var note in of.SelectMany(NotesOf).Distinct())
            writer.WriteLine($"- {note}");

        writer.WriteLine();
    }

    private static IReadOnlyList<Metric> Metrics(PeerRun[] of) => of.FirstOrDefault(r => r.Result is not null)?.Result!.Metrics ?? [];

    private static IEnumerable<string> NotesOf(PeerRun run) => run.Result is { } result
        ? result.Notes.Select(note => $"{run.Peer}: {note}")
        : [$"{run.Peer}: FAILED in round {run.Round}: {run.Failure}"];

    private static double[] Values(PeerRun[] of, string peer, string metric) =>
        [.. of.Where(r => r.Peer == peer).SelectMany(r => r.Result?.Metrics ?? []).Where(m => m.Name == metric).Select(m => m.Value).Order()];

    private static double Median(double[] ordered) =>
        ordered.Length == 0 ? double.NaN : (ordered[(ordered.Length - 1) / 2] + ordered[ordered.Length / 2]) / 2;

    private static string Cell(double[] ordered) => ordered.Length == 0
        ? "-"
        : $"{ResultOutput.Format(Median(ordered))} ({ResultOutput.Format(ordered[0])} to {ResultOutput.Format(ordered[^1])})";

    private static string Ratio(double value, double of) =>
        double.IsFinite(value / of) ? (value / of).ToString("0.00", CultureInfo.InvariantCulture) : "-";
}
