using System.Diagnostics;
using System.Globalization;
using Parley.LoadTest.Client;
using Parley.LoadTest.Measurement;

namespace Parley.LoadTest.Scenarios;

/// <param name="Connections">Connections that publish.</param>
/// <param name="PayloadBytes">Bytes of a publication's data.</param>
internal sealed record HttpOptions(int Connections = 64, int PayloadBytes = 128);

/// <summary>
/// Publications over HTTP on connections that are kept; each has a channel of its own and sends the next one when the one before is
/// answered. One channel has a subscriber, who checks that what was answered has arrived.
/// </summary>
internal sealed class HttpScenario(Target target, LoadPhase phase, HttpOptions options)
{
    private readonly LatencyHistogram _latency = new();
    private readonly long[] _sentAt = new long[options.Connections];
    private readonly Traffic _traffic = new(1, 1, static _ => 0);
    private ApiPublisher[] _publishers = [];
    private CommandTemplate[] _publications = [];
    private long _answered;
    private bool _isRunning;

    public ScenarioResult Run()
    {
        var result = new ResultBuilder("http");
        using var clients = new ClientGroup(target);
        var id = Guid.NewGuid().ToString("N");
        var channels = Enumerable.Range(0, options.Connections).Select(i => $"http-{id}-{i}").ToArray();
        clients.Open(1, _ => [channels[0]], _traffic);
        _publishers = clients.OpenApiPublishers(options.Connections);
        _publications = [.. _publishers.Zip(channels, (publisher, channel) => publisher.Prepare(channel, options.PayloadBytes))];
        for (var i = 0; i < _publishers.Length; i++)
        {
            var index = i;
            _publishers[i].Answered += () => OnAnswer(index);
        }

        Drive(clients, phase.Warmup);
        _latency.Clear();
        var before = _answered;
        var meter = new Meter(target.Process);
        meter.Start();
        Drive(clients, phase.Duration);
        var reading = meter.Stop();

        result.AddPhase("", "publication", reading, _answered - before, _latency);
        result.Note(string.Create(CultureInfo.InvariantCulture, $"{options.Connections} connections, one request on its way on each"));
        clients.Close();
        return result.Build();
    }

    private void Drive(ClientGroup clients, TimeSpan time)
    {
        _isRunning = true;
        for (var i = 0; i < _publishers.Length; i++)
            Publish(i);

        clients.RunFor(time);
        _isRunning = false;
        clients.WaitFor(() => Array.TrueForAll(_publishers, static p => p.Unanswered == 0), "answers of the HTTP API");
        _traffic.Drain(clients);
    }

    private void Publish(int index)
    {
        _sentAt[index] = Stopwatch.GetTimestamp();
        _publishers[index].Publish(_publications[index], index == 0 ? _traffic.Next(0, _sentAt[index], 1) : 0);
    }

    private void OnAnswer(int index)
    {
        _answered++;
        _latency.Add(Stopwatch.GetTimestamp() - _sentAt[index]);
        if (_isRunning)
            Publish(index);
    }
}
