using System.Globalization;
using Parley.LoadTest.Client;
using Parley.LoadTest.Measurement;

namespace Parley.LoadTest.Scenarios;

/// <param name="Subscribers">Clients that listen to the channel.</param>
/// <param name="OneIn">One of so many does not read.</param>
/// <param name="PayloadBytes">Bytes of a publication's data; so many that the kernel's buffers are soon full.</param>
/// <param name="Rate">Publications per second.</param>
internal sealed record SlowOptions(int Subscribers = 200, int OneIn = 100, int PayloadBytes = 16 * 1024, double Rate = 50);

/// <summary>Subscribers of one channel of which a few stop reading: what that does to the others.</summary>
internal sealed class SlowScenario(Target target, LoadPhase phase, SlowOptions options)
{
    public ScenarioResult Run()
    {
        var result = new ResultBuilder("slow");
        using var clients = new ClientGroup(target);
        var slow = options.Subscribers / options.OneIn;
        var fast = options.Subscribers - slow;
        var traffic = new Traffic(1, fast, static _ => 0);
        var channel = $"slow-{Guid.NewGuid():N}";
        clients.Open(fast, _ => [channel], traffic);
        var (publishers, publications) = clients.OpenPublishers(1, [channel], options.PayloadBytes);
        var run = new LoadPhase.Run(target.Process, clients, traffic, result);

        phase.Measure("without", "delivery", run, AtRate);
        var without = traffic.Latency.Percentile(0.99);

        foreach (var client in clients.Open(slow, _ => [channel], new Traffic(1, slow, static _ => 0)))
            client.StopReading();

        // From the first publication that they do not read until the server has done with them what it does.
        new LoadPhase(TimeSpan.Zero, 2 * phase.Duration).Measure("with", "delivery", run, AtRate);
        result.Add("p99 with : without", traffic.Latency.Percentile(0.99) / without, "");
        result.Note(string.Create(CultureInfo.InvariantCulture, $"{slow} of {options.Subscribers} subscribers stop reading, {options.PayloadBytes} bytes each"));
        clients.Close();
        return result.Build();

        void AtRate(TimeSpan time) => Pace.AtRate(clients.Loop, options.Rate, time, Publish);

        void Publish(long due) => publishers[0].Publish(publications[0], traffic.Next(0, due, fast));
    }
}
