using System.Diagnostics;
using System.Globalization;
using Parley.LoadTest.Client;
using Parley.LoadTest.Measurement;

namespace Parley.LoadTest.Scenarios;

/// <param name="Clients">Clients that are there at once.</param>
/// <param name="Rooms">Channels with history that they share.</param>
/// <param name="StepsPerSecond">Things that clients do: come, subscribe, unsubscribe, leave, vanish, stop reading.</param>
/// <param name="PublicationsPerSecond">Over all rooms.</param>
/// <param name="PayloadBytes">Bytes of a publication's data.</param>
/// <param name="History">Publications that the server keeps of a room. All rooms are filled first, so that their filling is no growth.</param>
/// <param name="Seed">Of what clients do.</param>
internal sealed record SoakOptions(
    int Clients = 300,
    int Rooms = 20,
    double StepsPerSecond = 200,
    double PublicationsPerSecond = 200,
    int PayloadBytes = 1024,
    int History = 500,
    int Seed = 1);

/// <summary>Clients that come and go under load, until it is seen whether anything of them stays in the server.</summary>
internal sealed class SoakScenario(Target target, SoakOptions options)
{
    private const int SettleSeconds = 90;
    private const int PublishSeconds = 120;

    private readonly ServerProcess _server = target.Process ?? throw new LoadTestException("soak needs --pid");
    private readonly Random _random = new(options.Seed);
    private readonly (SoakClient? Client, SoakPosition? Position)[] _places = new (SoakClient?, SoakPosition?)[options.Clients];
    private long _steps;
    private long _recovered;
    private long _asked;
    private long _resumed;
    /// <summary>Warms the server up, then soaks it.</summary>
    /// <param name="warmUp">Steps before the state that must come back.</param>
    /// <param name="goesOn">Whether there is a next step; told how many there were.</param>
    /// <param name="report">Takes a line now and then.</param>
    /// <returns>What has not come back; empty when all has.</returns>
    public IReadOnlyList<string> Run(long warmUp, Func<long, bool> goesOn, TextWriter report)
    {
        var rooms = Enumerable.Range(0, options.Rooms).Select(static i => string.Create(CultureInfo.InvariantCulture, $"room:{i}")).ToArray();
        using var network = new Network(target);
        var publisher = new SoakPublisher(network, rooms, options.PayloadBytes);
        Fill(network, publisher);
        Drive(network, rooms, publisher, steps => steps < warmUp, report);
        var good = Settle(network, null);
        report.WriteLine($"after the warm-up: {good}");
        _steps = 0;
        (_recovered, _asked, _resumed) = (0, 0, 0);
        publisher = new SoakPublisher(network, rooms, options.PayloadBytes);
        Drive(network, rooms, publisher, goesOn, report);
        var end = Settle(network, good);
        report.WriteLine($"at the end:        {end}");
        report.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{_steps} steps, {publisher.Published} publications, {_recovered} recovered by {_resumed} of {_asked} that came back"));
        // Those that were away for longer than the history lasts do not, but others do.
        if (_asked > 0 && _resumed == 0)
            throw new LoadTestException($"none of {_asked} clients that came back went on from where it was");
        return [.. end.ExcessOver(good)];
    }

    private void Fill(Network network, SoakPublisher publisher)
    {
        for (var i = 0; i < options.History; i++)
        {
            for (var room = 0; room < options.Rooms; room++)
                publisher.Add(room);
        }

        PublishAll(network, publisher);
    }

    private void Drive(Network network, string[] rooms, SoakPublisher publisher, Func<long, bool> goesOn, TextWriter report)
    {
        var start = Stopwatch.GetTimestamp();
        var reported = start;
        var due = 0L;
        for (var steps = 0L; goesOn(steps); steps++, _steps++)
        {
            Step(network, rooms);
            var next = start + (long)((steps + 1) * Stopwatch.Frequency / options.StepsPerSecond);
            for (; due < (steps + 1) * options.PublicationsPerSecond / options.StepsPerSecond; due++)
                publisher.Add(_random.Next(rooms.Length));
            publisher.PublishDue();
            do
                network.Loop.Poll(next);
            while (Stopwatch.GetTimestamp() < next);
            if (Stopwatch.GetElapsedTime(reported) < TimeSpan.FromMinutes(1))
                continue;
            reported = Stopwatch.GetTimestamp();
            report.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Stopwatch.GetElapsedTime(start).TotalMinutes:F0} min, {steps} steps: {Read()}"));
        }

        PublishAll(network, publisher);
        for (var i = 0; i < _places.Length; i++)
            End(ref _places[i], i % 2 == 0);
        publisher.Close();
    }

    /// <summary>Waits until all that is due was published and answered, however long that takes while there are answers.</summary>
    private static void PublishAll(Network network, SoakPublisher publisher)
    {
        var answered = publisher.Answered;
        for (var second = 0; second < PublishSeconds; second++)
        {
            var end = Stopwatch.GetTimestamp() + Stopwatch.Frequency;
            while (Stopwatch.GetTimestamp() < end)
            {
                publisher.PublishDue();
                if (publisher.IsDone)
                    return;
                network.Loop.Poll(end);
            }

            if (publisher.Answered == answered)
                continue;
            answered = publisher.Answered;
            second = 0;
        }

        throw new LoadTestException($"the server has not answered a publication for {PublishSeconds} s: {publisher}");
    }

    private void Step(Network network, string[] rooms)
    {
        var index = _random.Next(_places.Length);
        ref var place = ref _places[index];
        if (place.Client is not { HasEnded: false } client)
        {
            End(ref place, isReset: true);
            place.Client = new SoakClient(
                network, rooms[index % rooms.Length], string.Create(CultureInfo.InvariantCulture, $"own-{index}"), _random.Next(4) > 0 ? place.Position : null);
            return;
        }

        switch (_random.Next(10))
        {
            case < 5 when client.Position is not null:
                client.Toggle();
                break;
            case < 7:
                End(ref place, isReset: false);
                break;
            case < 9:
                End(ref place, isReset: true);
                break;
            default:
                client.StopReading();
                break;
        }
    }

    private void End(ref (SoakClient? Client, SoakPosition? Position) place, bool isReset)
    {
        if (place.Client is not { } client)
            return;
        _recovered += client.Recovered;
        _asked += client.HasAskedToResume ? 1 : 0;
        _resumed += client.HasResumed ? 1 : 0;
        place.Position = client.Position ?? place.Position;
        if (isReset)
            client.Dispose();
        else if (!client.HasEnded)
            client.Leave();
        place.Client = null;
    }

    /// <summary>Waits until the server holds no more than it did in a good state, or as little as it comes to by itself.</summary>
    private ServerState Settle(Network network, ServerState? good)
    {
        var state = Read();
        for (var second = 0; second < SettleSeconds; second++)
        {
            var before = state;
            RunFor(network, TimeSpan.FromSeconds(1));
            state = Read();
            var isGood = good is null
                ? second >= 10 && state is { Sessions: 0, Channels: 0 } && Math.Abs(state.ResidentKiB - before.ResidentKiB) < state.ResidentKiB / 100
                : !state.ExcessOver(good).Any();
            if (isGood)
                break;
        }

        return state;
    }

    private ServerState Read()
    {
        using var http = new HttpClient();
        return ServerState.Read(http.GetStringAsync(new UriBuilder(target.Url) { Scheme = "http", Path = "/metrics", Query = "" }.Uri).GetAwaiter().GetResult(), _server);
    }

    private static void RunFor(Network network, TimeSpan time)
    {
        var end = Stopwatch.GetTimestamp() + (long)(time.TotalSeconds * Stopwatch.Frequency);
        while (Stopwatch.GetTimestamp() < end)
            network.Loop.Poll(end);
    }
}
