using System.Globalization;
using Parley.LoadTest.Commands;
using Parley.LoadTest.Measurement;

namespace Parley.LoadTest.Comparison;

/// <summary>A Markdown file with a table and plots for each scenario, one row for each peer.</summary>
/// <param name="peers">Those that ran, each with the versions of what it consists of.</param>
/// <param name="missing">Those that could not be had, each with the reason.</param>
/// <param name="runs">All runs.</param>
/// <param name="own">Name of the peer that stands out, and that the others are compared with.</param>
/// <param name="baselines">Names of the peers that ratios are given to.</param>
internal sealed class FullReport(
    IReadOnlyList<(Peer Peer, string Versions)> peers,
    IReadOnlyList<(Peer Peer, string Reason)> missing,
    IReadOnlyList<PeerRun> runs,
    string own,
    IReadOnlyList<string> baselines)
{
    private static readonly Dictionary<string, string> Titles = new()
    {
        ["fanout"] = "Fan-out: 1,000 subscribers of one channel",
        ["ceiling"] = "Ceiling: the highest fixed rate without loss, 99 % within a second",
        ["latency"] = "Latency: 200 subscribers, 20 publications/s",
        ["channels"] = "Channels: 1,000 with one subscriber each, 20,000 publications/s by WebSocket",
        ["echo"] = "Echo by publication: 100 connections, each to a channel of its own, 10,000/s",
        ["call"] = "Echo: 100 connections, 10,000 requests/s",
        ["http"] = "Publish by HTTP: 64 connections, one request on its way on each",
        ["slow"] = "Slow subscribers: one in 100 does not read",
        ["connect"] = "Connects: upgrade, connect, 2 subscriptions, close, 64 at once",
        ["idle"] = "Idle: 2 subscriptions each",
    };

    /// <summary>Writes the report, and its plots to a folder of the same name beside it.</summary>
    public void Write(FileInfo file, string commit, string command, string? note)
    {
        var plots = Directory.CreateDirectory(Path.ChangeExtension(file.FullName, null));
        using var writer = file.CreateText();
        writer.WriteLine("# Comparison of all peers");
        writer.WriteLine();
        writer.WriteLine($"- Date: {Minute(DateTimeOffset.UtcNow)} UTC, commit {commit}");
        writer.WriteLine($"- Machine: {Machine.Describe()}; load generator and servers share it");
        writer.WriteLine($"- Command: `{command}`; the figures are in [{plots.Name}/runs.json]({plots.Name}/runs.json)");
        if (note is not null)
            writer.WriteLine($"- Note: {note}");

        writer.WriteLine();
        writer.WriteLine("| server | version | speaks | started with |");
        writer.WriteLine("|---|---|---|---|");
        foreach (var (peer, versions) in peers)
            writer.WriteLine($"| {peer.DisplayName} | {versions}{(peer.Note is null ? "" : $"; {peer.Note}")} | {peer.Dialect} | `{CommandOf(peer)}` |");

        writer.WriteLine();
        foreach (var (peer, reason) in missing)
            writer.WriteLine($"- **{peer.DisplayName} is missing**: {OneLine(reason)}");

        writer.WriteLine();
        writer.WriteLine("Medians of the rounds (lowest to highest). What the figures mean: [bench/README.md](../README.md). Ratios hold, absolute figures move with the machine.");
        foreach (var scenario in runs.Select(r => r.Scenario).Distinct())
            WriteScenario(writer, plots, scenario);
    }

    private void WriteScenario(TextWriter writer, DirectoryInfo plots, string scenario)
    {
        writer.WriteLine();
        writer.WriteLine($"## {Titles[scenario]}");
        writer.WriteLine();
        Figure[] figures = [.. Figure.All.Where(f => f.Scenario == scenario && peers.Any(p => f.Of(runs, p.Peer.Name) is not null))];
        var present = baselines.Where(b => peers.Any(p => p.Peer.Name == b)).ToArray();
        var columns = figures.SelectMany(f => f.Plot is null ? [Heading(f)] : present.Select(b => $"÷ {TitleOf(b)}").Prepend(Heading(f)));
        writer.WriteLine($"| server | {string.Join(" | ", columns)} |");
        writer.WriteLine($"|---|{string.Concat(figures.Select(f => string.Concat(Enumerable.Repeat("---:|", f.Plot is null ? 1 : 1 + present.Length))))}");
        foreach (var (peer, _) in peers)
        {
            var cells = figures.SelectMany(f => f.Plot is null
                ? [Cell(f.Of(runs, peer.Name))]
                : present.Select(b => Ratio(f.Of(runs, peer.Name), f.Of(runs, b))).Prepend(Cell(f.Of(runs, peer.Name))));
            writer.WriteLine($"| {(peer.Name == own ? $"**{peer.DisplayName}**" : peer.DisplayName)} | {string.Join(" | ", cells)} |");
        }

        writer.WriteLine();
        foreach (var figure in figures.Where(f => f.Plot is not null))
        {
            File.WriteAllText(Path.Combine(plots.FullName, figure.PlotFile), Plot(figure));
            writer.WriteLine($"![{figure.Plot}]({plots.Name}/{figure.PlotFile})");
        }

        WriteNotes(writer, scenario);
    }

    private void WriteNotes(TextWriter writer, string scenario)
    {
        writer.WriteLine();
        var notes = runs.Where(r => r.Scenario == scenario).SelectMany(NotesOf);
        foreach (var note in notes.GroupBy(n => n.Text, n => TitleOf(n.Peer)))
            writer.WriteLine($"- {string.Join(", ", note.Distinct())}: {OneLine(note.Key)}");

        foreach (var measured in runs.Where(r => r.Scenario == scenario && r.At is not null).GroupBy(r => r.Commit))
            writer.WriteLine($"- Measured {Minute(measured.Min(r => r.At))} to {Minute(measured.Max(r => r.At))} UTC, commit {measured.Key}");

        var noise = Sample.Of(runs.Where(r => r.Scenario == scenario && r.Result is not null).Select(r => r.Result!.Noise));
        if (noise is { } others)
            writer.WriteLine($"- CPU that other programs used meanwhile, % of a core: {Cell(others)}");
    }

    private static IEnumerable<(string Peer, string Text)> NotesOf(PeerRun run) => run.Result is { } result
        ? result.Notes.Select(note => (run.Peer, note))
        : [(run.Peer, $"**failed** in round {run.Round}: {run.Failure}")];

    private string Plot(Figure figure)
    {
        var bars = peers
            .Select(p => (p.Peer, Value: figure.Of(runs, p.Peer.Name)))
            .Where(p => p.Value is not null)
            .Select(p => new Bar(p.Peer.DisplayName, p.Value!.Value, p.Peer.Name == own));
        var best = figure.MoreIsBetter ? bars.OrderByDescending(b => b.Value.Median) : bars.OrderBy(b => b.Value.Median);
        return new BarChart(figure.Plot!, $"{figure.Unit}, {(figure.MoreIsBetter ? "more" : "less")} is better", [.. best]).Draw();
    }

    private string TitleOf(string peer) => peers.Select(static p => p.Peer).FirstOrDefault(p => p.Name == peer)?.DisplayName ?? peer;

    private static string Minute(DateTimeOffset? time) => time!.Value.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    private static string Heading(Figure figure) => $"{figure.Heading}, {figure.Unit}";

    private static string CommandOf(Peer peer) => string.Join(' ', peer.Command).Replace("{root}/", "", StringComparison.Ordinal);

    private static string OneLine(string text) => text.ReplaceLineEndings(" ").Replace("|", "\\|", StringComparison.Ordinal);

    private static string Cell(Sample? sample) => sample is not { } value ? "–"
        : value.High > value.Low ? $"{ResultOutput.Format(value.Median)} ({ResultOutput.Format(value.Low)} to {ResultOutput.Format(value.High)})"
        : ResultOutput.Format(value.Median);

    private static string Ratio(Sample? value, Sample? of) =>
        value?.Median / of?.Median is { } ratio && double.IsFinite(ratio) ? ratio.ToString("0.00", CultureInfo.InvariantCulture) : "–";
}
