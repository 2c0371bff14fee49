using Microsoft.Extensions.Logging;
using Parley.Webhooks.Deliveries;
using Parley.Webhooks.Endpoints;
using Parley.Webhooks.Storage;

namespace Parley.Webhooks.Outbound.Lanes;

/// <summary>The deliveries of one endpoint: so many at once, so many a second, or one after the other. A slow endpoint costs its own lane only.</summary>
internal sealed partial class Lane : IDisposable
{
    /// <summary>Deliveries that wait in memory at most; the rest waits in the store.</summary>
    public const int MaxReady = 256;

    private const int MaxReadyBytes = 4 * 1024 * 1024;

    /// <summary>For how long deliveries of a lane with a rate are taken into memory ahead.</summary>
    private const int LongestWaitSeconds = 60;

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(LongestWaitSeconds);

    /// <summary>For how long what was taken into memory is kept from others.</summary>
    private static readonly TimeSpan LongestPutBack = TimeSpan.FromMinutes(15);

    /// <summary>For a place and a script, before the exchange begins.</summary>
    private static readonly TimeSpan LongestPreparation = TimeSpan.FromSeconds(30);

    private readonly LaneServices _services;
    private readonly Guid _application;
    private readonly Guid _endpoint;
    private readonly Lock _gate = new();
    private readonly Queue<ClaimedDelivery> _ready = new();

    /// <summary>What is being sent or recorded, with the newest lease of each.</summary>
    private readonly Dictionary<DeliveryKey, long> _held = [];

    private readonly SemaphoreSlim _applicationSlots;
    private readonly TokenBucket _bucket;
    private readonly CircuitBreaker _breaker;
    private readonly ITimer _timer;
    private int _readyBytes;
    private int _reserved;
    private int _inFlight;
    private DateTimeOffset? _storeDue;
    private bool _isPumping;
    private bool _mustLookAgain;
    private DateTimeOffset? _changedAt;

    /// <param name="services">What all lanes share.</param>
    /// <param name="applicationSlots">What the lanes of an application share.</param>
    /// <param name="application">Whose endpoint it is.</param>
    /// <param name="endpoint">Whose lane it is.</param>
    public Lane(LaneServices services, SemaphoreSlim applicationSlots, Guid application, Guid endpoint)
    {
        (_services, _applicationSlots, _application, _endpoint) = (services, applicationSlots, application, endpoint);
        _bucket = new TokenBucket(services.Time);
        _breaker = new CircuitBreaker(services.Time);
        _timer = services.Time.CreateTimer(static state => ((Lane)state!).Pump(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>How long a node may keep a delivery before another takes it: longer than it waits here and the slowest exchange together.</summary>
    public static TimeSpan LeaseOf(Endpoint endpoint) => TimeSpan.FromMinutes(5) + endpoint.LongestAttempt;

    public Guid Endpoint => _endpoint;

    public Guid Application => _application;

    public int Depth
    {
        get
        {
            lock (_gate)
                return _ready.Count;
        }
    }

    /// <summary>Takes a place for a delivery that is about to be accepted.</summary>
    /// <returns>False when it must wait in the store: here is no room, others there are before it, or the endpoint wants order.</returns>
    public bool TryReserve(Endpoint endpoint, int bytes)
    {
        lock (_gate)
        {
            if (endpoint.Ordered || _services.Memory.IsFull || _breaker.IsOpen || _breaker.Held > LongestWait || _storeDue <= _services.Time.GetUtcNow())
                return false;
            if (_ready.Count + _reserved >= Math.Min(MaxReady, AheadOf(endpoint)) || _readyBytes + bytes > MaxReadyBytes)
                return false;
            _reserved++;
            Hold(bytes);
            return true;
        }
    }

    /// <summary>Puts a delivery into the place that was reserved for it, or gives the place up.</summary>
    public void Fill(ClaimedDelivery? delivery, int bytes)
    {
        lock (_gate)
        {
            _reserved--;
            if (delivery is { } taken)
                Enqueue(taken);
            else
                Hold(-bytes);
        }

        if (delivery is not null)
            Pump();
    }

    /// <summary>Says that the store has something for the endpoint.</summary>
    public void Expect(DateTimeOffset dueAt)
    {
        lock (_gate)
            ExpectLocked(dueAt);
        Pump();
    }

    /// <summary>Has the endpoint tried at once, also when it only failed.</summary>
    public void Renew()
    {
        lock (_gate)
        {
            _breaker.Reset();
            ExpectLocked(_services.Time.GetUtcNow());
        }

        Pump();
    }

    /// <summary>Gives back what waits here, when nothing more is sent.</summary>
    public Task GiveBackAsync() => PutBackAsync(keep: 0, _services.Time.GetUtcNow());

    /// <summary>Sends what may be sent now.</summary>
    public void Pump()
    {
        lock (_gate)
        {
            if (_isPumping)
            {
                _mustLookAgain = true;
                return;
            }

            _isPumping = true;
        }

        _ = PumpAsync();
    }

    public void Dispose() => _timer.Dispose();

    private void ExpectLocked(DateTimeOffset dueAt)
    {
        if (_storeDue is null || dueAt < _storeDue)
            _storeDue = dueAt;
    }

    private async Task PumpAsync()
    {
        // Whoever calls must not run what comes.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        while (true)
        {
            try
            {
                while (!_services.Stopping.IsCancellationRequested && await StepAsync())
                {
                }
            }
            catch (Exception exception)
            {
                if (!_services.Stopping.IsCancellationRequested)
                    LogFailed(_services.Logger, exception);
                WakeIn(TimeSpan.FromSeconds(1));
            }

            lock (_gate)
            {
                if (!_mustLookAgain || _services.Stopping.IsCancellationRequested)
                {
                    _isPumping = false;
                    return;
                }

                _mustLookAgain = false;
            }
        }
    }

    /// <returns>Whether there may be more to do at once.</returns>
    private async ValueTask<bool> StepAsync()
    {
        if (_services.Drain.HasBegun)
            return false;
        var endpoint = await _services.Catalog.FindEndpointAsync(_application, _endpoint);
        if (endpoint is not { State: EndpointState.Active })
        {
            var reason = endpoint?.State switch
            {
                null => DeliveryError.EndpointDeleted,
                EndpointState.Pending => DeliveryError.EndpointPending,
                _ => DeliveryError.EndpointDisabled,
            };
            return await CancelSomeAsync(reason, isGone: endpoint is null);
        }

        Notice(endpoint);
        if (IsHeld(out var wait))
        {
            if (wait > LongestWait)
                await PutBackAsync(keep: 0, _services.Time.GetUtcNow() + (wait < LongestPutBack ? wait : LongestPutBack));
            return false;
        }

        if (IsOpen())
            await PutBackAsync(keep: 1, _services.Time.GetUtcNow() + _breaker.Pause);
        if (IsEmpty(endpoint, out var isDue) && !(isDue && await ClaimAsync(endpoint)))
            return false;

        if (!MayStart(endpoint, out var isProbe))
            return false;
        var (hasApplicationSlot, hasSlot, isStarted) = (false, false, false);
        try
        {
            // In the order of asking, so that no lane starves where all are busy; and those of one application do not take all.
            await _applicationSlots.WaitAsync(_services.Stopping);
            hasApplicationSlot = true;
            await _services.Slots.WaitAsync(_services.Stopping);
            hasSlot = true;
            // It may have been changed, disabled or deleted while this waited.
            if (!_services.Drain.HasBegun && await IsStillAsync(endpoint) && TryDequeue(out var next))
            {
                isStarted = true;
                _ = SendAsync(endpoint, next, isProbe);
            }

            return true;
        }
        finally
        {
            if (!isStarted)
                GiveUp(isProbe, hasApplicationSlot, hasSlot);
        }
    }

    /// <summary>What its owner has changed may work now.</summary>
    private void Notice(Endpoint endpoint)
    {
        lock (_gate)
        {
            if (_changedAt is not null && _changedAt != endpoint.UpdatedAt)
                _breaker.Reset();
            (_changedAt, _seen) = (endpoint.UpdatedAt, endpoint);
        }
    }

    /// <summary>Whether the endpoint has asked for nothing to be sent for a time.</summary>
    private bool IsHeld(out TimeSpan wait)
    {
        lock (_gate)
        {
            wait = _breaker.Held;
            if (wait <= TimeSpan.Zero)
                return false;
            RestFor(wait);
            return true;
        }
    }

    private bool IsOpen()
    {
        lock (_gate)
            return _breaker.IsOpen && _inFlight == 0 && _ready.Count > 1;
    }

    private bool TryDequeue(out ClaimedDelivery next)
    {
        lock (_gate)
        {
            next = default;
            // Another has been told meanwhile that nothing may go.
            if (_ready.Count == 0 || _breaker.Held > TimeSpan.Zero)
                return false;
            next = Dequeue();
            _movedAt = _services.Time.GetUtcNow();
            _held[next.Delivery.Key] = next.Delivery.Fence;
            return true;
        }
    }

    private ClaimedDelivery Dequeue()
    {
        var next = _ready.Dequeue();
        Hold(-(next.Message?.Payload.Length ?? 0));
        return next;
    }

    private void Hold(int bytes)
    {
        _readyBytes += bytes;
        _services.Memory.Add(bytes);
    }

    private bool IsEmpty(Endpoint endpoint, out bool isDue)
    {
        lock (_gate)
        {
            var now = _services.Time.GetUtcNow();
            // One after the other: the next may have to wait for what becomes of the one before.
            isDue = _storeDue <= now && !((endpoint.Ordered || _breaker.IsOpen) && _inFlight > 0);
            if (_ready.Count == 0 && _storeDue > now)
                WakeIn(_storeDue.Value - now);
            return _ready.Count == 0;
        }
    }

    /// <summary>Whether a further request may start; takes a place for it.</summary>
    private bool MayStart(Endpoint endpoint, out bool isProbe)
    {
        lock (_gate)
        {
            isProbe = false;
            if (_services.Drain.HasBegun || _inFlight >= MostAtOnce(endpoint))
                return false; // the end of one of them looks again
            if (_services.Recorder.IsFailing)
            {
                // What cannot be recorded would be sent twice.
                WakeIn(TimeSpan.FromSeconds(1));
                return false;
            }

            if (_breaker.TryEnter(out isProbe) is not { } wait)
                return false;
            if (wait > TimeSpan.Zero)
            {
                RestFor(wait);
                return false;
            }

            if (endpoint.Rate is { } perSecond && _bucket.TryTake(perSecond) is var pause && pause > TimeSpan.Zero)
            {
                _breaker.Leave(null, wasSent: false, isProbe);
                RestFor(pause);
                return false;
            }

            _inFlight++;
            return true;
        }
    }

    private int MostAtOnce(Endpoint endpoint) => endpoint.Ordered ? 1 : Math.Min(Math.Min(endpoint.Concurrency, _services.MaxPerLane), _breaker.AtOnce);

    private void WakeIn(TimeSpan delay) => _timer.Change(
        delay < TimeSpan.FromMilliseconds(1) ? TimeSpan.FromMilliseconds(1) : delay > TimeSpan.FromHours(1) ? TimeSpan.FromHours(1) : delay,
        Timeout.InfiniteTimeSpan);

    [LoggerMessage(EventId = 5103, Level = LogLevel.Error, Message = "Deliveries of an endpoint could not be sent now")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
