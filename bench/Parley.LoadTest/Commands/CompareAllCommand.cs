using System.CommandLine;
using System.Globalization;
using Parley.LoadTest.Comparison;
using Parley.LoadTest.Scenarios;

namespace Parley.LoadTest.Commands;

/// <summary>Installs all peers that can be had, runs all scenarios against them, and writes a report with plots.</summary>
internal sealed class CompareAllCommand : Command
{
    private const string Own = "parley";

    private static readonly string[] Baselines = ["uws", Own];
    private static readonly string[] QuickScenarios = ["fanout", "channels", "call", "http", "idle"];

    private readonly Option<DirectoryInfo> _root = new("--root") { Description = "Stands for {root} in the commands of peers.", Required = true };
    private readonly Option<FileInfo> _peers = new("--peers") { Description = "File that lists the servers.", Required = true };
    private readonly Option<string[]> _only = new("--only") { Description = "Names of the peers to run, when not all.", AllowMultipleArgumentsPerToken = true };
    private readonly Option<string[]> _scenarios = new("--scenarios") { Description = $"What to run, when not all: {string.Join(", ", PeerComparison.AllScenarios)}.", AllowMultipleArgumentsPerToken = true };
    private readonly Option<bool> _quick = new("--quick") { Description = $"A look: {string.Join(", ", QuickScenarios)} in one round of short phases." };
    private readonly Option<int?> _rounds = new("--rounds") { Description = "Runs of each scenario against each peer; 3, or 1 when quick." };
    private readonly Option<double?> _warmup = new("--warmup") { Description = "Seconds of traffic before measuring; 6, or 2 when quick." };
    private readonly Option<double?> _duration = new("--duration") { Description = "Seconds to measure, for each phase; 4, or 2 when quick." };
    private readonly Option<int?> _idle = new("--idle-connections") { Description = "Connections of the idle scenario; 19,000, or 2,000 when quick." };
    private readonly Option<double> _noise = new("--max-noise") { Description = "Repeat a run while others use more CPU than this, in % of a core.", DefaultValueFactory = _ => 20 };
    private readonly Option<int> _attempts = new("--attempts") { Description = "Runs at most, for one quiet one; the quietest counts.", DefaultValueFactory = _ => 2 };
    private readonly Option<string?> _note = new("--note") { Description = "What a reader of the report must know." };
    private readonly Option<string> _commit = new("--commit") { Description = "What was built, for the report.", DefaultValueFactory = _ => "unknown" };
    private readonly Option<bool> _continue = new("--continue") { Description = "Go on with a report: what it has no runs of, or none that succeeded, is run. Rounds of one scenario should not be hours apart." };
    private readonly Option<FileInfo?> _report = new("--report") { Description = "The report; plots go to a folder of its name. Default bench/results/DATE-CORES-core-compare.md." };

    public CompareAllCommand()
        : base("compare-all", "Installs the servers of a file of peers, runs all scenarios against them in turn, and writes a report with plots.")
    {
        Option[] options =
            [_root, _peers, _only, _scenarios, _quick, _rounds, _warmup, _duration, _idle, _noise, _attempts, _note, _commit, _continue, _report];
        foreach (var option in options)
            Add(option);

        SetAction(Run);
    }

    private int Run(ParseResult parsed)
    {
        var root = parsed.GetValue(_root)!;
        var report = parsed.GetValue(_report) ?? new FileInfo(Path.Combine(root.FullName, string.Create(
            CultureInfo.InvariantCulture, $"bench/results/{DateTime.UtcNow:yyyy-MM-dd}-{Environment.ProcessorCount}-core-compare.md")));
        var figures = new FileInfo(Path.Combine(Path.ChangeExtension(report.FullName, null), "runs.json"));
        var commit = parsed.GetValue(_commit)!;
        var (peers, missing) = Install(parsed, root);
        List<PeerRun> runs = parsed.GetValue(_continue) && figures.Exists ? [.. ResultOutput.Read<PeerRun[]>(figures).Where(static run => run.Failure is null)] : [];
        Comparison(parsed, root, [.. peers.Select(p => p.Peer)]).Run(run =>
        {
            runs.Add(run with { At = DateTimeOffset.UtcNow, Commit = commit });
            Log($"{run.Scenario}, round {run.Round}, {run.Peer}");
            ResultOutput.Print(run, Console.Error);

            // Each time, so that hours are not lost when it is interrupted.
            new FullReport(peers, missing, runs, Own, Baselines).Write(
                report, commit, $"bench/compare {AsGiven(parsed)}".TrimEnd(), parsed.GetValue(_note));
            ResultOutput.Write(figures, runs);
        }, [.. runs]);
        Console.WriteLine(report.FullName);
        return missing.Count > 0 || runs.Any(r => r.Failure is not null) ? 1 : 0;
    }

    private (IReadOnlyList<(Peer Peer, string Versions)> Peers, IReadOnlyList<(Peer Peer, string Reason)> Missing) Install(
        ParseResult parsed, DirectoryInfo root)
    {
        var only = parsed.GetValue(_only) ?? [];
        var installation = new PeerInstallation(root, Log);
        var peers = new List<(Peer, string)>();
        var missing = new List<(Peer, string)>();
        foreach (var peer in Peer.ReadAll(parsed.GetValue(_peers)!).Where(p => only.Length == 0 || only.Contains(p.Name)))
        {
            try
            {
                installation.Install(peer);
                peers.Add((peer, installation.Versions(peer)));
            }
            catch (LoadTestException exception)
            {
                Log($"{peer.DisplayName} cannot be had, the others go on: {exception.Message}");
                missing.Add((peer, exception.Message));
            }
        }

        return peers.Count > 0 ? (peers, missing) : throw new LoadTestException("there is no server to run");
    }

    private PeerComparison Comparison(ParseResult parsed, DirectoryInfo root, Peer[] peers)
    {
        var quick = parsed.GetValue(_quick);
        var phase = new LoadPhase(
            TimeSpan.FromSeconds(parsed.GetValue(_warmup) ?? (quick ? 2 : 6)),
            TimeSpan.FromSeconds(parsed.GetValue(_duration) ?? (quick ? 2 : 4)));
        return new PeerComparison(peers, root, phase, new ComparisonOptions(
            parsed.GetValue(_scenarios) is { Length: > 0 } scenarios ? scenarios : quick ? QuickScenarios : PeerComparison.AllScenarios,
            Rounds: parsed.GetValue(_rounds) ?? (quick ? 1 : 3),
            Rates: [50, 100],
            IdleConnections: parsed.GetValue(_idle) ?? (quick ? 2000 : 19_000),
            IdleSeconds: quick ? 0 : 30,
            MaxNoise: parsed.GetValue(_noise),
            Attempts: quick ? 1 : parsed.GetValue(_attempts),
            Precision: quick ? 0.3 : 0.1));
    }

    private string AsGiven(ParseResult parsed)
    {
        Option[] shown = [_only, _scenarios, _quick, _rounds, _warmup, _duration, _idle, _noise, _attempts];
        var given = shown.Select(option => parsed.GetResult(option)).Where(result => result is { Implicit: false });
        return string.Join(' ', given.Select(result => $"{result!.Option.Name} {string.Join(' ', result.Tokens)}".TrimEnd()));
    }

    private static void Log(string text) => Console.Error.WriteLine($"== {text}");
}
