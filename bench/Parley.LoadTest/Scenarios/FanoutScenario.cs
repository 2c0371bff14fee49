using System.Globalization;
using Parley.LoadTest.Client;
using Parley.LoadTest.Measurement;

namespace Parley.LoadTest.Scenarios;

/// <param name="Subscribers">Clients that listen to the channel.</param>
/// <param name="PayloadBytes">Bytes of a publication's data.</param>
/// <param name="InFlight">Publications on their way at once in the closed loop.</param>
/// <param name="Loops">Which of the two to run.</param>
/// <param name="WarmupLoop">What runs before the open loop is measured; at a low rate a runtime goes on compiling for half a minute.</param>
/// <param name="Name">Of the scenario, in results.</param>
internal sealed record FanoutOptions(
    int Subscribers = 1000,
    int PayloadBytes = 128,
    int InFlight = 4,
    FanoutLoops Loops = FanoutLoops.Both,
    FanoutLoops WarmupLoop = FanoutLoops.Open,
    string Name = "fanout")
{
    /// <summary>Publications per second in the open loop, one after the other.</summary>
    public IReadOnlyList<double> Rates { get; init; } = [50];

    /// <summary>So little traffic that neither server nor generator is busy: what is left is the way of a publication.</summary>
    public static readonly FanoutOptions Latency = new(
        Subscribers: 200, Loops: FanoutLoops.Open, WarmupLoop: FanoutLoops.Closed, Name: "latency")
    { Rates = [20] };
}

[Flags]
internal enum FanoutLoops
{
    /// <summary>Publications at a fixed rate.</summary>
    Open = 1,

    /// <summary>A publication whenever an earlier one has reached every subscriber.</summary>
    Closed = 2,

    Both = Open | Closed,
}

/// <summary>Many subscribers of one channel.</summary>
internal sealed class FanoutScenario(Target target, LoadPhase phase, FanoutOptions options)
{
    public ScenarioResult Run()
    {
        var result = new ResultBuilder(options.Name);
        using var clients = new ClientGroup(target);
        var traffic = new Traffic(1, options.Subscribers, static _ => 0);
        var channel = $"fanout-{Guid.NewGuid():N}";
        clients.Open(options.Subscribers, _ => [channel], traffic);
        var (publishers, publications) = clients.OpenPublishers(1, [channel], options.PayloadBytes);
        var run = new LoadPhase.Run(target.Process, clients, traffic, result);

        if (options.Loops.HasFlag(FanoutLoops.Open))
        {
            foreach (var rate in options.Rates)
            {
                var name = options.Rates.Count == 1 ? "open" : string.Create(CultureInfo.InvariantCulture, $"open {rate}/s");
                phase.Measure(name, "delivery", run, AtRate, options.WarmupLoop.HasFlag(FanoutLoops.Closed) ? WhenPossible : AtRate);

                void AtRate(TimeSpan time) => Pace.AtRate(clients.Loop, rate, time, Publish);
            }
        }

        if (options.Loops.HasFlag(FanoutLoops.Closed))
        {
            phase.Measure("closed", "delivery", run, WhenPossible);
        }

        clients.Close();
        return result.Build();

        void WhenPossible(TimeSpan time) => Pace.WhenPossible(clients.Loop, time, () => traffic.InFlight < options.InFlight, Publish);

        void Publish(long due) => publishers[0].Publish(publications[0], traffic.Next(0, due, options.Subscribers));
    }
}
