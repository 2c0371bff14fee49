using System.Globalization;
using Parley.LoadTest.Client;
using Parley.LoadTest.Measurement;

namespace Parley.LoadTest.Scenarios;

/// <param name="Subscribers">Clients that listen to the channel.</param>
/// <param name="PayloadBytes">Bytes of a publication's data.</param>
/// <param name="FirstRate">Publications per second to begin with.</param>
/// <param name="Precision">Share of the rate to which it is found.</param>
internal sealed record CeilingOptions(int Subscribers = 1000, int PayloadBytes = 128, double FirstRate = 100, double Precision = 0.1);

/// <summary>The highest fixed rate of publications to one channel at which nothing is lost and 99 % arrive within a second.</summary>
internal sealed class CeilingScenario(Target target, LoadPhase phase, CeilingOptions options)
{
    // More than is published in a second at any rate that a generator of one thread can read.
    private const int Window = 16 * 1024;

    private static readonly TimeSpan MaxLatency = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan StepWarmup = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan MaxRest = TimeSpan.FromSeconds(15);

    public ScenarioResult Run()
    {
        var result = new ResultBuilder("ceiling");
        WarmUp();
        Step? best = null;
        var tried = new List<string>();
        new RateSearch(options.FirstRate, options.Precision).Run(rate =>
        {
            var step = Try(rate, out var why);
            best = step ?? best;
            tried.Add(string.Create(CultureInfo.InvariantCulture, $"{rate:0}/s {why}"));
            Rest();
            return step is not null;
        });

        if (best is null)
            throw new LoadTestException($"no rate stood: {string.Join(", ", tried)}");

        result.AddPhase("", "delivery", best.Reading, best.Received, best.Latency);
        result.Note($"publications: {string.Join(", ", tried)}");
        return result.Build();
    }

    // As fast as it goes, so that what is compiled or grown under load is, before the first step.
    private void WarmUp()
    {
        using var clients = new ClientGroup(target);
        var (traffic, publish) = Open(clients);
        Pace.WhenPossible(clients.Loop, phase.Warmup, () => traffic.InFlight < 4, publish);
        traffic.Drain(clients);
        clients.Close();
    }

    private Step? Try(double rate, out string why)
    {
        using var clients = new ClientGroup(target);
        try
        {
            var (traffic, publish) = Open(clients);
            Pace.AtRate(clients.Loop, rate, StepWarmup, publish);
            traffic.Latency.Clear();
            var before = traffic.Received;
            var meter = new Meter(target.Process);
            meter.Start();
            Pace.AtRate(clients.Loop, rate, phase.Duration, publish);
            var reading = meter.Stop();
            var received = traffic.Received - before;
            if (traffic.Expected - traffic.Received > rate * options.Subscribers * MaxLatency.TotalSeconds)
            {
                why = "falls behind";
                return null;
            }

            traffic.Drain(clients);
            clients.Close();
            var p99 = traffic.Latency.Percentile(0.99);
            why = string.Create(CultureInfo.InvariantCulture, $"p99 {p99:0} ms");
            return p99 < MaxLatency.TotalMilliseconds ? new Step(reading, received, traffic.Latency) : null;
        }
        catch (LoadTestException exception)
        {
            why = exception.Message;
            return null;
        }
    }

    private (Traffic Traffic, Action<long> Publish) Open(ClientGroup clients)
    {
        var traffic = new Traffic(1, options.Subscribers, static _ => 0, Window);
        var channel = $"ceiling-{Guid.NewGuid():N}";
        clients.Open(options.Subscribers, _ => [channel], traffic);
        var (publisher, publications) = clients.OpenPublishers(1, [channel], options.PayloadBytes);
        return (traffic, due => publisher[0].Publish(publications[0], traffic.Next(0, due, options.Subscribers)));
    }

    // What a step left behind, such as queues of connections that are gone, must not count in the next.
    private void Rest()
    {
        if (target.Process is null)
            return;

        var pause = TimeSpan.FromSeconds(0.25);
        var calm = TimeSpan.FromMilliseconds(20);
        for (var rested = TimeSpan.Zero; rested < MaxRest; rested += pause)
        {
            var before = target.Process.ReadCpu();
            Thread.Sleep(pause); // the time over which the other process is measured
            if ((target.Process.ReadCpu() - before).Total <= calm)
                return;
        }
    }

    private sealed record Step(Reading Reading, long Received, LatencyHistogram Latency);
}
