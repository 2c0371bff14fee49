using System.Diagnostics;
using System.Globalization;
using Parley.LoadTest.Client;
using Parley.LoadTest.Measurement;

namespace Parley.LoadTest.Scenarios;

/// <param name="Standing">Clients that stay meanwhile.</param>
/// <param name="Parallel">Clients on their way at once.</param>
/// <param name="ClientsPerRoom">Clients that share a channel.</param>
internal sealed record ConnectOptions(int Standing = 1000, int Parallel = 64, int ClientsPerRoom = 100);

/// <summary>Clients that come, subscribe to a channel of their own and to a shared one, and leave at once, one after the other.</summary>
internal sealed class ConnectScenario(Target target, LoadPhase phase, ConnectOptions options)
{
    private readonly string _run = Guid.NewGuid().ToString("N");
    private readonly LatencyHistogram _latency = new();
    private readonly List<ClientConnection> _leaving = [];
    private int _number;
    private long _connects;

    public ScenarioResult Run()
    {
        var result = new ResultBuilder("connect");
        using var clients = new ClientGroup(target);
        var quiet = new Traffic(1, options.Standing, static _ => 0);
        clients.Open(options.Standing, _ => Channels(), quiet);

        Drive(clients, quiet, phase.Warmup);
        _latency.Clear();
        var before = _connects;
        var meter = new Meter(target.Process);
        meter.Start();
        Drive(clients, quiet, phase.Duration);
        var reading = meter.Stop();

        result.AddPhase("", "connect", reading, _connects - before, _latency);
        result.Note(string.Create(
            CultureInfo.InvariantCulture,
            $"upgrade, connect, 2 subscriptions, close; {options.Parallel} at once beside {options.Standing} that stay"));
        clients.WaitFor(() => _leaving.TrueForAll(c => c.HasEnded), "the server to close");
        clients.Close();
        return result.Build();
    }

    private string[] Channels()
    {
        var number = _number++;
        return [$"user-{_run}-{number}", $"room-{_run}-{number / options.ClientsPerRoom}"];
    }

    private void Drive(ClientGroup clients, IReceiver receiver, TimeSpan time)
    {
        var arriving = new (ClientConnection? Client, long Since)[options.Parallel];
        var end = Stopwatch.GetTimestamp() + (long)(time.TotalSeconds * Stopwatch.Frequency);
        for (var now = Stopwatch.GetTimestamp(); now < end; now = Stopwatch.GetTimestamp())
        {
            _leaving.RemoveAll(static c => c.HasEnded);
            for (var i = 0; i < arriving.Length; i++)
            {
                var (client, since) = arriving[i];
                if (client is { IsReady: true })
                {
                    _connects++;
                    _latency.Add(now - since);
                    Leave(client);
                    client = null;
                }

                // A server that is slow to close is not hurried.
                if (client is null && _leaving.Count < options.Parallel)
                    arriving[i] = (clients.OpenOne(Channels(), receiver), now);
                else if (client is null)
                    arriving[i] = default;
            }

            clients.Loop.Poll(end);
        }

        clients.WaitFor(() => arriving.All(a => a.Client is null or { IsReady: true }), "a client to connect and subscribe");
        foreach (var (client, _) in arriving)
        {
            if (client is not null)
                Leave(client);
        }
    }

    private void Leave(ClientConnection client)
    {
        client.BeginClose();
        _leaving.Add(client);
    }
}
