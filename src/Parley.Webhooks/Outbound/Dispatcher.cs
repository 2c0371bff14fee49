using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Parley.Webhooks.Catalog;
using Parley.Webhooks.Diagnostics;
using Parley.Webhooks.Endpoints;
using Parley.Webhooks.Events;
using Parley.Webhooks.Outbound.Lanes;
using Parley.Webhooks.Storage;
using Parley.Webhooks.Work;

namespace Parley.Webhooks.Outbound;

/// <summary>Brings deliveries to their endpoints' lanes: those just accepted at once, those in the store when they are due.</summary>
internal sealed partial class Dispatcher : IAsyncDisposable
{
    /// <summary>An endpoint has an eighth of all requests under way, and an application a half, so that others are not held up.</summary>
    private const int LargestShareOfLane = 8;
    private const int LargestShareOfApplication = 2;

    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<Guid, Lane> _lanes = new();
    private readonly ApplicationSlots _applicationSlots;
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly LaneServices _services;
    private readonly CoalescedWork _sweeps;
    private readonly int _slots;
    private ITimer? _sweep;
    private long _sweptAt;

    public Dispatcher(
        IWebhookStore store, WebhookCatalog catalog, AttemptRunner runner, EndpointSwitch @switch, OperationalEvents events, WebhookMetrics metrics,
        TimeProvider time, int maxConcurrency, ILogger<Dispatcher> logger)
    {
        _slots = maxConcurrency;
        _applicationSlots = new ApplicationSlots(Math.Max(1, maxConcurrency / LargestShareOfApplication));
        _sweeps = new CoalescedWork(TrySweepAsync);
        _services = new LaneServices
        {
            Store = store,
            Catalog = catalog,
            Runner = runner,
            Recorder = new OutcomeRecorder(store, @switch, events, metrics, time, Poke, _stopping.Token, logger),
            Metrics = metrics,
            Time = time,
            Slots = new SemaphoreSlim(maxConcurrency),
            MaxPerLane = Math.Max(1, maxConcurrency / LargestShareOfLane),
            Stopping = _stopping.Token,
            Logger = logger,
            Retire = Retire,
        };
        @switch.Noticed += Poke;
    }

    /// <summary>Deliveries in memory that wait for their turn.</summary>
    public int Depth => _lanes.Values.Sum(static lane => lane.Depth);

    /// <summary>Endpoints that have a lane.</summary>
    public int Count => _lanes.Count;

    /// <summary>Applications whose endpoints have lanes.</summary>
    public int Applications
    {
        get
        {
            lock (_gate)
                return _applicationSlots.Count;
        }
    }

    /// <summary>How long a delivery has been due that should have been sent; zero: none.</summary>
    public TimeSpan Stalled
    {
        get
        {
            // What no lane knows of is not seen when the store is not looked through.
            var unswept = _services.Time.GetElapsedTime(Volatile.Read(ref _sweptAt));
            var longest = unswept > SweepInterval * 2 ? unswept : TimeSpan.Zero;
            foreach (var lane in _lanes.Values)
            {
                var stalled = lane.Stalled;
                longest = stalled > longest ? stalled : longest;
            }

            return longest;
        }
    }

    /// <summary>Takes up what is in the store.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await SweepAsync(cancellationToken);
        // What no lane knows of: deliveries that another node has left, or that were brought back by hand.
        _sweep = _services.Time.CreateTimer(_ => Sweep(), null, SweepInterval, SweepInterval);
    }

    public Lane LaneOf(Guid application, Guid endpoint) => _lanes.TryGetValue(endpoint, out var lane) ? lane : MakeLane(application, endpoint);

    /// <summary>Says that the store has something for an endpoint, or that the endpoint was changed.</summary>
    public void Poke(Guid application, Guid endpoint) => LaneOf(application, endpoint).Expect(_services.Time.GetUtcNow());

    /// <summary>Has an endpoint's lane look at the endpoint again, if it has one.</summary>
    public void Wake(Guid endpoint)
    {
        if (_lanes.TryGetValue(endpoint, out var lane))
            lane.Pump();
    }

    /// <summary>Looks for all that is due, without waiting for it.</summary>
    public void Sweep() => _sweeps.Ask();

    /// <summary>Says that the store has a message for endpoints.</summary>
    public void Poke(Acceptance acceptance)
    {
        foreach (var delivery in acceptance.Deliveries)
            LaneOf(acceptance.Message.Application, delivery.Endpoint).Expect(delivery.DueAt);
    }

    /// <summary>Has an endpoint tried at once, also when it only failed.</summary>
    public void Renew(Guid application, Guid endpoint) => LaneOf(application, endpoint).Renew();

    /// <summary>Says that an endpoint is gone. What nobody has anything for needs no lane.</summary>
    public void Drop(Guid endpoint)
    {
        if (_lanes.TryGetValue(endpoint, out var lane))
            lane.Expect(_services.Time.GetUtcNow());
    }

    /// <summary>Says that an application was changed elsewhere, and may be gone.</summary>
    public void WakeAll(Guid application)
    {
        foreach (var lane in _lanes.Values.Where(lane => lane.Application == application))
            lane.Pump();
    }

    private Lane MakeLane(Guid application, Guid endpoint)
    {
        lock (_gate)
        {
            if (_lanes.TryGetValue(endpoint, out var lane))
                return lane;
            return _lanes[endpoint] = new Lane(_services, _applicationSlots.Rent(application), application, endpoint);
        }
    }

    private void Retire(Lane lane)
    {
        lock (_gate)
        {
            if (!_lanes.TryRemove(new KeyValuePair<Guid, Lane>(lane.Endpoint, lane)))
                return;
            _applicationSlots.Return(lane.Application);
        }

        lane.Dispose();
    }

    /// <summary>Starts no further request, and waits for those under way.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _services.Drain.Begin();
        if (_sweep is not null)
            await _sweep.DisposeAsync();
        try
        {
            // All places are free when nothing is under way.
            for (var slot = 0; slot < _slots; slot++)
                await _services.Slots.WaitAsync(cancellationToken);
            // What only waited here was not tried, and must not look as if it had been.
            await Task.WhenAll(_lanes.Values.Select(static lane => lane.GiveBackAsync())).WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // What is still under way is cut off, and sent again.
        }

        await _stopping.CancelAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        foreach (var lane in _lanes.Values)
            lane.Dispose();
    }

    private async Task TrySweepAsync()
    {
        try
        {
            await SweepAsync(_stopping.Token);
        }
        catch (Exception exception)
        {
            // The next one comes soon; lanes go on with what they know.
            if (!_stopping.IsCancellationRequested)
                LogNotSwept(_services.Logger, exception);
        }
    }

    private async Task SweepAsync(CancellationToken cancellationToken)
    {
        foreach (var due in await _services.Store.ListDueAsync(cancellationToken))
            LaneOf(due.Application, due.Endpoint).Expect(due.DueAt);
        Volatile.Write(ref _sweptAt, _services.Time.GetTimestamp());
    }

    [LoggerMessage(EventId = 5114, Level = LogLevel.Warning, Message = "What is due could not be looked for now")]
    private static partial void LogNotSwept(ILogger logger, Exception exception);
}
