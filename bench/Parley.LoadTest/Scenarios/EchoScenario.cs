using Parley.LoadTest.Client;
using Parley.LoadTest.Measurement;

namespace Parley.LoadTest.Scenarios;

/// <param name="Connections">Clients.</param>
/// <param name="PayloadBytes">Bytes of a request's data.</param>
/// <param name="Rate">Requests per second over all clients; 0 for a closed loop.</param>
/// <param name="InFlight">Requests on their way at once in the closed loop.</param>
/// <param name="Mode">What a request is.</param>
/// <param name="Method">Method of the rpc command.</param>
/// <param name="Name">Of the scenario, in results.</param>
internal sealed record EchoOptions(
    int Connections = 100,
    int PayloadBytes = 128,
    double Rate = 10_000,
    int InFlight = 100,
    EchoMode Mode = EchoMode.Auto,
    string Method = "echo",
    string Name = "echo");

internal enum EchoMode
{
    /// <summary>Calls when the server takes them, otherwise publications.</summary>
    Auto,

    /// <summary>The <c>rpc</c> command; the server answers with the data it got.</summary>
    Rpc,

    /// <summary>Each client publishes to a channel that only it listens to.</summary>
    Publish,
}

/// <summary>Clients that get back what they send.</summary>
internal sealed class EchoScenario(Target target, LoadPhase phase, EchoOptions options)
{
    public ScenarioResult Run()
    {
        var result = new ResultBuilder(options.Name);
        using var clients = new ClientGroup(target);
        var traffic = new Traffic(options.Connections, options.Connections, static client => client);
        var id = Guid.NewGuid().ToString("N");
        var connections = clients.Open(options.Connections, i => [$"echo-{id}-{i}"], traffic);
        var call = target.Dialect.Call(options.Method, options.PayloadBytes);
        var calls = options.Mode == EchoMode.Rpc || (options.Mode == EchoMode.Auto && call is not null && TakesCalls(clients));
        if (calls && call is null)
            throw new LoadTestException($"there are no calls in {target.Dialect.Name}");

        result.Note(calls ? "requests are rpc calls" : "requests are publications to the sender's own channel");

        var requests = Enumerable.Range(0, options.Connections)
            .Select(i => calls
                ? call!
                : target.Dialect.Publish($"echo-{id}-{i}", options.PayloadBytes))
            .ToArray();
        var run = new LoadPhase.Run(target.Process, clients, traffic, result);
        var next = 0;

        phase.Measure(options.Rate > 0 ? "" : "closed", "request", run, time =>
        {
            if (options.Rate > 0)
                Pace.AtRate(clients.Loop, options.Rate, time, Request);
            else
                Pace.WhenPossible(clients.Loop, time, () => traffic.InFlight < options.InFlight, Request);
        });

        clients.Close();
        return result.Build();

        void Request(long due)
        {
            var client = next++ % options.Connections;
            connections[client].Send(requests[client], traffic.Next(client, due, 1));
        }
    }

    private bool TakesCalls(ClientGroup clients)
    {
        var probe = new Probe();
        var client = clients.Open(1, _ => [], probe)[0];
        client.ToleratesErrors = true;
        client.Send(target.Dialect.Call(options.Method, Stamp.MinPayloadBytes)!, 0);
        clients.WaitFor(() => probe.IsAnswered || client.Error is not null, "an answer to rpc");
        return probe.IsAnswered;
    }

    private sealed class Probe : IReceiver
    {
        public bool IsAnswered { get; private set; }

        // It subscribes to nothing: this is an answer without an envelope.
        public void OnPublication(int client, uint sequence) => IsAnswered = true;

        public void OnReply(int client, ReadOnlySpan<byte> reply) => IsAnswered = true;
    }
}
