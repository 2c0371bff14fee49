using Parley.LoadTest.Client;
using Parley.LoadTest.Measurement;

namespace Parley.LoadTest.Scenarios;

/// <summary>How long traffic runs before it is measured, and while it is.</summary>
internal sealed record LoadPhase(TimeSpan Warmup, TimeSpan Duration)
{
    // More than the deliveries of this time still on their way at the end means that the rate was too high.
    private static readonly TimeSpan MaxBacklog = TimeSpan.FromSeconds(0.2);

    /// <summary>Makes traffic, measures it, and waits until all of it has arrived.</summary>
    /// <param name="name">Put before the names of the figures; empty when the scenario has one phase.</param>
    /// <param name="operation">What is counted, in the singular: <c>delivery</c>.</param>
    /// <param name="run">What is measured.</param>
    /// <param name="drive">Makes traffic for a time.</param>
    /// <param name="warmUp">Makes the traffic before it; null: the same.</param>
    public void Measure(string name, string operation, Run run, Action<TimeSpan> drive, Action<TimeSpan>? warmUp = null)
    {
        var (server, clients, traffic, result) = run;
        (warmUp ?? drive)(Warmup);
        traffic.Drain(clients);
        traffic.Latency.Clear();

        var before = traffic.Received;
        var meter = new Meter(server);
        meter.Start();
        drive(Duration);
        var reading = meter.Stop();
        var received = traffic.Received - before;
        var behind = traffic.Expected - traffic.Received;

        traffic.Drain(clients);
        result.AddPhase(name, operation, reading, received, traffic.Latency);
        if (name != "closed" && behind > received * (MaxBacklog / reading.Elapsed))
            result.Note($"{name} the server did not keep up: {behind} were still on their way at the end".TrimStart());
    }

    /// <summary>What the phases of one scenario share.</summary>
    internal sealed record Run(ServerProcess? Server, ClientGroup Clients, Traffic Traffic, ResultBuilder Result);
}
