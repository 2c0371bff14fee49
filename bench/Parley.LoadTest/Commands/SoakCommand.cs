using System.CommandLine;
using System.Diagnostics;
using Parley.LoadTest.Scenarios;

namespace Parley.LoadTest.Commands;

/// <summary>Soaks a server, and fails when something of what came stays in it.</summary>
internal sealed class SoakCommand : Command
{
    private const long WarmUpSteps = 4000;

    private readonly TargetOptions _target = new();

    private readonly Option<double> _minutes = new("--minutes") { Description = "How long.", DefaultValueFactory = static _ => 60 };
    private readonly Option<long?> _steps = new("--steps") { Description = "So many steps in place of a time, behind as many to warm the server up." };
    private readonly Option<double> _rate = new("--rate") { Description = "Steps, and publications, per second.", DefaultValueFactory = static _ => 200 };
    private readonly Option<int> _clients = new("--clients") { Description = "Clients that are there at once.", DefaultValueFactory = static _ => 300 };
    private readonly Option<int> _history = new("--history")
    {
        Description = "Publications that the server keeps of a room, which are there before the warm-up.",
        DefaultValueFactory = static _ => 500,
    };

    private readonly Option<int> _seed = new("--seed") { Description = "Of what clients do.", DefaultValueFactory = static _ => Random.Shared.Next() };

    public SoakCommand()
        : base("soak", "Clients come, subscribe, leave, vanish, stop reading and come back with recovery, until it is seen what stays in the server. Needs --pid.")
    {
        _target.AddTo(this);
        foreach (var option in new Option[] { _minutes, _steps, _rate, _clients, _history, _seed })
            Add(option);
        SetAction(Run);
    }

    private int Run(ParseResult parsed)
    {
        var rate = parsed.GetValue(_rate);
        var options = new SoakOptions(
            Clients: parsed.GetValue(_clients),
            StepsPerSecond: rate,
            PublicationsPerSecond: rate,
            History: parsed.GetValue(_history),
            Seed: parsed.GetValue(_seed));
        var time = TimeSpan.FromMinutes(parsed.GetValue(_minutes));
        var steps = parsed.GetValue(_steps);
        var start = 0L;
        Console.WriteLine($"seed {options.Seed}");
        var excess = new SoakScenario(_target.Target(parsed), options).Run(steps ?? WarmUpSteps, GoesOn, Console.Out);
        foreach (var what in excess)
            Console.Error.WriteLine($"FAILED: left behind: {what}");
        return excess.Count == 0 ? 0 : 1;

        bool GoesOn(long done)
        {
            if (steps is { } all)
                return done < all;
            if (start == 0)
                start = Stopwatch.GetTimestamp();
            return Stopwatch.GetElapsedTime(start) < time;
        }
    }
}
