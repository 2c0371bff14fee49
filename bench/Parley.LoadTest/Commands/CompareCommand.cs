using System.CommandLine;
using Parley.LoadTest.Comparison;
using Parley.LoadTest.Scenarios;

namespace Parley.LoadTest.Commands;

/// <summary>Starts several servers in turn and prints how they compare.</summary>
internal sealed class CompareCommand : Command
{
    private readonly Option<DirectoryInfo> _root = Option("--root", "Stands for {root} in the commands of peers.", new DirectoryInfo("."));
    private readonly Option<FileInfo> _peers = Option("--peers", "File that lists the servers.", new FileInfo("bench/peers.json"));
    private readonly Option<string[]> _only = Option<string[]>("--only", "Names of the peers to run, when not all.", []);
    private readonly Option<string> _baseline = Option("--baseline", "Peer that the others are divided by.", "raw-websockets");
    private readonly Option<string[]> _scenarios = Option("--scenarios", $"What to run: {string.Join(", ", PeerComparison.AllScenarios)}.", PeerComparison.DefaultScenarios);
    private readonly Option<int> _rounds = Option("--rounds", "Runs of each scenario against each peer.", 3);
    private readonly Option<double> _warmup = Option("--warmup", "Seconds of traffic before measuring.", 6.0);
    private readonly Option<double> _duration = Option("--duration", "Seconds to measure, for each phase.", 5.0);
    private readonly Option<double[]> _rates = Option<double[]>("--rates", "Publications per second of the fan-out.", [50]);
    private readonly Option<int> _idle = Option("--idle-connections", "Connections of the idle scenario.", 10_000);
    private readonly Option<double> _noise = Option("--max-noise", "Repeat a run while others use more CPU than this, in % of a core.", 20.0);
    private readonly Option<int> _attempts = Option("--attempts", "Runs at most, for one quiet one; the quietest counts.", 3);
    private readonly Option<string?> _note = Option<string?>("--note", "What a reader of the report must know.", null);
    private readonly Option<string> _commit = Option("--commit", "What was built, for the report.", "unknown");
    private readonly Option<FileInfo?> _report = Option<FileInfo?>("--report", "Write a Markdown report to this file.", null);
    private readonly Option<FileInfo?> _json = Option<FileInfo?>("--json", "Write all runs to this file.", null);

    public CompareCommand()
        : base("compare", "Starts the servers of a file of peers, loads them in turn, and prints medians and ratios.")
    {
        _only.AllowMultipleArgumentsPerToken = true;
        _scenarios.AllowMultipleArgumentsPerToken = true;
        _rates.AllowMultipleArgumentsPerToken = true;
        Option[] options =
            [_root, _peers, _only, _baseline, _scenarios, _rounds, _warmup, _duration, _rates, _idle, _noise, _attempts, _note, _commit, _report, _json];
        foreach (var option in options)
            Add(option);

        SetAction(Run);
    }

    private static Option<T> Option<T>(string name, string description, T value) =>
        new(name) { Description = description, DefaultValueFactory = _ => value };

    private int Run(ParseResult parsed)
    {
        var only = parsed.GetValue(_only)!;
        var peers = Peer.ReadAll(parsed.GetValue(_peers)!).Where(p => only.Length == 0 || only.Contains(p.Name)).ToArray();
        var root = parsed.GetValue(_root)!;
        var comparison = new PeerComparison(
            peers,
            root,
            new LoadPhase(TimeSpan.FromSeconds(parsed.GetValue(_warmup)), TimeSpan.FromSeconds(parsed.GetValue(_duration))),
            new ComparisonOptions(
                parsed.GetValue(_scenarios)!,
                parsed.GetValue(_rounds),
                parsed.GetValue(_rates)!,
                parsed.GetValue(_idle),
                0,
                parsed.GetValue(_noise),
                parsed.GetValue(_attempts)));

        var runs = comparison.Run(run =>
        {
            Console.Error.WriteLine($"round {run.Round}, {run.Peer}:");
            ResultOutput.Print(run, Console.Error);
        });

        var baseline = peers.Any(p => p.Name == parsed.GetValue(_baseline)) ? parsed.GetValue(_baseline)! : peers[0].Name;
        var summary = new Summary(runs, [.. peers.Select(p => p.Name)], baseline);
        summary.WriteTo(Console.Out);
        if (parsed.GetValue(_report) is { } report)
        {
            using var writer = report.CreateText();
            new Report(peers, root, parsed.GetValue(_commit)!, AsGiven(parsed), parsed.GetValue(_note)).Write(writer, summary);
        }

        if (parsed.GetValue(_json) is { } json)
            ResultOutput.Write(json, runs);

        return runs.Any(r => r.Failure is not null) ? 1 : 0;
    }

    // What was asked for, without the places of this machine that bench/run adds.
    private string AsGiven(ParseResult parsed)
    {
        Option[] shown = [_peers, _only, _scenarios, _rounds, _warmup, _duration, _rates, _idle, _noise, _attempts];
        var given = shown.Select(option => parsed.GetResult(option)).Where(result => result is { Implicit: false });
        return string.Join(' ', given.Select(result => $"{result!.Option.Name} {string.Join(' ', result.Tokens)}"));
    }
}
