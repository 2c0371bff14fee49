using System.CommandLine;
using Parley.LoadTest.Comparison;
using Parley.LoadTest.Measurement;
using Parley.LoadTest.Start;

namespace Parley.LoadTest.Commands;

/// <summary>Starts servers in turn and prints how long each takes to be ready.</summary>
internal sealed class StartCommand : Command
{
    private readonly Option<DirectoryInfo> _root = new("--root") { Description = "Stands for {root} in the commands of peers.", DefaultValueFactory = _ => new DirectoryInfo(".") };
    private readonly Option<FileInfo> _peers = new("--peers") { Description = "File that lists the servers.", DefaultValueFactory = _ => new FileInfo("bench/start.json") };
    private readonly Option<string[]> _only = new("--only") { Description = "Names of the peers to run, when not all.", AllowMultipleArgumentsPerToken = true };
    private readonly Option<int> _rounds = new("--rounds") { Description = "Starts of each that count; one more comes first, to have its files in memory.", DefaultValueFactory = _ => 10 };
    private readonly Option<double> _settle = new("--settle") { Description = "Seconds from ready to the look at the memory.", DefaultValueFactory = _ => 5.0 };

    public StartCommand()
        : base("start", "Starts servers in turn, each with an empty data directory, and prints the time to /health/ready, processor time and memory.")
    {
        Option[] options = [_root, _peers, _only, _rounds, _settle];
        foreach (var option in options)
            Add(option);
        SetAction(Run);
    }

    private void Run(ParseResult parsed)
    {
        var only = parsed.GetValue(_only) ?? [];
        var root = parsed.GetValue(_root)!;
        var settle = TimeSpan.FromSeconds(parsed.GetValue(_settle));
        var peers = Peer.ReadAll(parsed.GetValue(_peers)!).Where(peer => only.Length == 0 || only.Contains(peer.Name)).ToArray();
        foreach (var peer in peers)
            ServerStart.Measure(peer, root, TimeSpan.Zero);

        List<(Peer Peer, ServerStart Start)> starts = [];
        for (var round = 0; round < parsed.GetValue(_rounds); round++)
            starts.AddRange(peers.Select(peer => (peer, ServerStart.Measure(peer, root, settle))));

        Console.WriteLine($"{Machine.Describe()}; medians of {parsed.GetValue(_rounds)} starts (lowest to highest)");
        Console.WriteLine();
        Console.WriteLine("| | start to ready, ms | CPU until then, ms | resident when empty, MiB |");
        Console.WriteLine("|---|---:|---:|---:|");
        foreach (var of in starts.GroupBy(static start => start.Peer))
        {
            ServerStart[] values = [.. of.Select(static start => start.Start)];
            Console.WriteLine($"| {of.Key.DisplayName} | {Cell(values, static start => start.Ready)} | {Cell(values, static start => start.Cpu)} | {Cell(values, static start => start.Resident)} |");
        }
    }

    private static string Cell(ServerStart[] starts, Func<ServerStart, double> figure)
    {
        var sample = Sample.Of(starts.Select(figure))!.Value;
        return $"{ResultOutput.Format(sample.Median)} ({ResultOutput.Format(sample.Low)} to {ResultOutput.Format(sample.High)})";
    }
}
