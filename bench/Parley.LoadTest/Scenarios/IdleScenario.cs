using System.Globalization;
using Parley.LoadTest.Client;
using Parley.LoadTest.Measurement;

namespace Parley.LoadTest.Scenarios;

/// <param name="Connections">Clients; each is a file descriptor here and in the server.</param>
/// <param name="ClientsPerRoom">Clients that share a channel.</param>
/// <param name="MaxSettleSeconds">How long to wait until memory stays the same.</param>
/// <param name="MinWatchSeconds">How long at least CPU is measured; servers ping every 15 to 25 seconds.</param>
internal sealed record IdleOptions(
    int Connections = 10_000, int ClientsPerRoom = 100, double MaxSettleSeconds = 30, double MinWatchSeconds = 0);

/// <summary>Many clients that do nothing: each listens to a channel of its own and to one that it shares.</summary>
internal sealed class IdleScenario(Target target, LoadPhase phase, IdleOptions options)
{
    private const double StableWithin = 0.005;
    private const int StableSamples = 9;

    private readonly ServerProcess _server = target.Process ?? throw new LoadTestException("idle needs --pid");

    public ScenarioResult Run()
    {
        var result = new ResultBuilder("idle");
        using var clients = new ClientGroup(target);
        var traffic = new Traffic(1, options.Connections, static _ => 0);
        var run = Guid.NewGuid().ToString("N");

        var empty = Settle(clients);
        var meter = new Meter(_server);
        meter.Start();
        clients.Open(options.Connections, i => [$"user-{run}-{i}", $"room-{run}-{i / options.ClientsPerRoom}"], traffic);
        var opening = meter.Stop();
        var opened = _server.ReadResidentKiB();
        var full = Settle(clients);

        meter.Start();
        clients.RunFor(TimeSpan.FromSeconds(Math.Max(phase.Duration.TotalSeconds, options.MinWatchSeconds)));
        var reading = meter.Stop();

        result.Add("memory per connection", (full - empty) / (double)options.Connections, "KiB");
        result.Add("memory, empty", empty / 1024.0, "MiB");
        result.Add("memory, all connected", opened / 1024.0, "MiB");
        result.Add("memory, settled", full / 1024.0, "MiB");
        result.Add("server CPU while idle", 100 * reading.Server!.Value.Total / reading.Elapsed, "%");
        result.Add(ScenarioResult.NoiseName, 100 * reading.Others / reading.Elapsed, "%");
        result.Add("handshakes", options.Connections / opening.Elapsed.TotalSeconds, "/s");
        result.Add("server CPU per handshake", opening.Server!.Value.Total.TotalMilliseconds / options.Connections, "ms");
        result.Note(string.Create(CultureInfo.InvariantCulture, $"{options.Connections} connections, 2 subscriptions each"));
        clients.Close();
        return result.Build();
    }

    /// <summary>Samples resident memory each second until it stays the same, or until time is up, and answers the last sample.</summary>
    private long Settle(ClientGroup clients)
    {
        var samples = new Queue<long>();
        for (var second = 0; second == 0 || second < options.MaxSettleSeconds; second++)
        {
            samples.Enqueue(_server.ReadResidentKiB());
            if (samples.Count > StableSamples)
                samples.Dequeue();

            if (samples.Count == StableSamples && samples.Max() - samples.Min() <= samples.Max() * StableWithin)
                break;

            clients.RunFor(TimeSpan.FromSeconds(1));
        }

        return samples.Last();
    }
}
