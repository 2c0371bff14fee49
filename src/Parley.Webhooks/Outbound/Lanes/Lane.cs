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
    private const int ClaimSize = 64;
    private const int CancelSize = 500;

    /// <summary>For how long deliveries of a lane with a rate are taken into memory ahead.</summary>
    private const int LongestWaitSeconds = 60;

    private readonly LaneServices _services;
    private readonly Guid _application;
    private readonly Guid _endpoint;
    private readonly Lock _gate = new();
    private readonly Queue<ClaimedDelivery> _ready = new();
    private readonly TokenBucket _bucket;
    private readonly CircuitBreaker _breaker;
    private readonly ITimer _timer;
    private int _readyBytes;
    private int _reserved;
    private int _inFlight;
    private DateTimeOffset? _storeDue;
    private bool _isPumping;
    private bool _mustLookAgain;

    public Lane(LaneServices services, Guid application, Guid endpoint)
    {
        (_services, _application, _endpoint) = (services, application, endpoint);
        _bucket = new TokenBucket(services.Time);
        _breaker = new CircuitBreaker(services.Time);
        _timer = services.Time.CreateTimer(static state => ((Lane)state!).Pump(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>How long a node may keep a delivery before another takes it: longer than it waits here and the slowest exchange together.</summary>
    public static TimeSpan LeaseOf(Endpoint endpoint) => TimeSpan.FromMinutes(5) + endpoint.LongestAttempt;

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
            if (endpoint.Ordered || _services.Memory.IsFull || _breaker.IsOpen || _storeDue <= _services.Time.GetUtcNow())
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
                _ready.Enqueue(taken);
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
        var endpoint = await _services.Catalog.FindEndpointAsync(_application, _endpoint);
        if (endpoint is not { State: EndpointState.Active })
        {
            await CancelAllAsync(endpoint?.State switch
            {
                null => DeliveryError.EndpointDeleted,
                EndpointState.Pending => DeliveryError.EndpointPending,
                _ => DeliveryError.EndpointDisabled,
            });
            return false;
        }

        if (IsOpen())
            await PutBackAllAsync();
        if (IsEmpty(endpoint, out var isDue) && !(isDue && await ClaimAsync(endpoint)))
            return false;

        if (!MayStart(endpoint))
            return false;
        // In the order of asking, so that no lane starves where all are busy.
        await _services.Slots.WaitAsync(_services.Stopping);
        ClaimedDelivery next;
        lock (_gate)
            next = Dequeue();

        _ = SendAsync(endpoint, next);
        return true;
    }

    private static int AheadOf(Endpoint endpoint) =>
        endpoint.Rate is { } perSecond ? Math.Max(1, (int)Math.Min(int.MaxValue, perSecond * LongestWaitSeconds)) : int.MaxValue;

    private bool IsOpen()
    {
        lock (_gate)
            return _breaker.IsOpen && _inFlight == 0 && _ready.Count > 1;
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
    private bool MayStart(Endpoint endpoint)
    {
        lock (_gate)
        {
            if (_services.Drain.HasBegun || _inFlight >= (endpoint.Ordered ? 1 : endpoint.Concurrency))
                return false; // the end of one of them looks again
            if (_breaker.TryEnter() is not { } wait)
                return false;
            if (wait > TimeSpan.Zero)
            {
                WakeIn(wait);
                return false;
            }

            if (endpoint.Rate is { } perSecond && _bucket.TryTake(perSecond) is var pause && pause > TimeSpan.Zero)
            {
                _breaker.Leave(null, wasSent: false);
                WakeIn(pause);
                return false;
            }

            _inFlight++;
            return true;
        }
    }

    private async Task<bool> ClaimAsync(Endpoint endpoint)
    {
        bool isProbe;
        lock (_gate)
            isProbe = _breaker.IsOpen;
        var now = _services.Time.GetUtcNow();
        var limit = endpoint.Ordered || isProbe ? 1 : Math.Min(ClaimSize, AheadOf(endpoint));
        var claim = await _services.Store.ClaimAsync(
            new ClaimRequest
            {
                Endpoint = _endpoint,
                Now = now,
                LeaseUntil = now + LeaseOf(endpoint),
                Limit = limit,
                MaxBytes = _services.Memory.ClaimBytes,
                IsOrdered = endpoint.Ordered,
            },
            _services.Stopping);
        lock (_gate)
        {
            _storeDue = claim.NextDue;
            foreach (var delivery in claim.Deliveries)
            {
                _ready.Enqueue(delivery);
                Hold(delivery.Message?.Payload.Length ?? 0);
            }

            // Due, and not to be had: the head of an ordered lane is with another node.
            if (claim.Deliveries.Count == 0 && _storeDue is { } due)
                WakeIn(due > now ? due - now : TimeSpan.FromSeconds(1));
            return claim.Deliveries.Count > 0;
        }
    }

    private async Task SendAsync(Endpoint endpoint, ClaimedDelivery claimed)
    {
        var outcome = await TryRunAsync(endpoint, claimed);
        if (endpoint.Ordered)
            await RecordAsync(claimed, outcome);
        lock (_gate)
        {
            _inFlight--;
            _breaker.Leave(outcome?.Completion.Error, wasSent: outcome?.Result is { } result && result.Error?.IsBeforeSending() is not true);
            if (outcome is null)
                ExpectLocked(claimed.Delivery.DueAt ?? _services.Time.GetUtcNow());
        }

        Pump();
        if (!endpoint.Ordered)
            await RecordAsync(claimed, outcome);
        // Not before it is recorded: so many outcomes may wait for the disk, and who stops waits for them.
        _services.Slots.Release();
    }

    private async Task<AttemptOutcome?> TryRunAsync(Endpoint endpoint, ClaimedDelivery claimed)
    {
        try
        {
            // It waited here for so long that another node may take it before the receiver has answered.
            return claimed.Delivery.DueAt - _services.Time.GetUtcNow() < endpoint.LongestAttempt
                ? PutBack(claimed.Delivery, _services.Time.GetUtcNow())
                : await _services.Runner.RunAsync(endpoint, claimed.Delivery, claimed.Message, _services.Stopping);
        }
        catch (OperationCanceledException) when (_services.Stopping.IsCancellationRequested)
        {
            // The lease runs out, or is released at the next start; the attempt then shows as interrupted.
            return null;
        }
        catch (Exception exception)
        {
            LogFailed(_services.Logger, exception);
            return null;
        }
    }

    /// <summary>Gives back what waits here while the endpoint is not tried, so that no lease runs out on it.</summary>
    private async Task PutBackAllAsync()
    {
        var dueAt = _services.Time.GetUtcNow() + _breaker.Pause;
        List<ClaimedDelivery> waiting = [];
        lock (_gate)
        {
            while (_ready.Count > 1)
                waiting.Add(Dequeue());
        }

        await Task.WhenAll(waiting.Select(claimed => RecordAsync(claimed, PutBack(claimed.Delivery, dueAt))));
    }

    private AttemptOutcome PutBack(Delivery delivery, DateTimeOffset dueAt) => new()
    {
        Completion = new Completion
        {
            Key = delivery.Key,
            Fence = delivery.Fence,
            State = delivery.Attempts == 0 ? DeliveryState.Pending : DeliveryState.Waiting,
            DueAt = dueAt,
            Step = delivery.Step,
            Error = delivery.LastError,
            Now = _services.Time.GetUtcNow(),
        },
    };

    private async Task RecordAsync(ClaimedDelivery claimed, AttemptOutcome? outcome)
    {
        if (outcome is null)
            return;
        try
        {
            // Also while stopping: what was done is recorded.
            var isRecorded = await RetryRecordingAsync(outcome.Completion);
            if (outcome.Completion.Attempt is { } attempt)
                _services.Metrics.Attempted(attempt, attempt.StartedAt - claimed.Delivery.CreatedAt);
            if (isRecorded && outcome.Completion.DueAt is null)
                _services.Metrics.Ended(outcome.Completion.State);
            if (isRecorded && outcome.Completion.DueAt is { } dueAt)
                Expect(dueAt);
            if (outcome.Disable is { } reason)
            {
                await _services.Switch.DisableAsync(_application, _endpoint, reason, CancellationToken.None);
                Pump();
            }
        }
        catch (Exception exception)
        {
            // It is taken over when its lease has run out: at least once, never not at all.
            LogNotRecorded(_services.Logger, claimed.Delivery.Key, exception);
            Expect(claimed.Delivery.DueAt ?? _services.Time.GetUtcNow());
        }
    }

    private async Task<bool> RetryRecordingAsync(Completion completion)
    {
        const int Tries = 5;
        for (var tried = 1; ; tried++)
        {
            try
            {
                return await _services.Store.CompleteAsync(completion);
            }
            catch (WebhookStoreException) when (tried < Tries && !_services.Stopping.IsCancellationRequested)
            {
                await Task.Delay(TimeSpan.FromSeconds(tried), _services.Time);
            }
        }
    }

    private async Task CancelAllAsync(DeliveryError reason)
    {
        while (true)
        {
            ClaimedDelivery next;
            lock (_gate)
            {
                if (_ready.Count == 0)
                    break;
                next = Dequeue();
            }

            await RecordAsync(next, _services.Runner.End(next.Delivery, DeliveryState.Cancelled, reason));
        }

        lock (_gate)
        {
            if (_storeDue is null)
                return;
            _storeDue = null;
        }

        while (await _services.Store.CancelAsync(_endpoint, reason, _services.Time.GetUtcNow(), CancelSize, _services.Stopping) == CancelSize)
        {
        }
    }

    private void WakeIn(TimeSpan delay) => _timer.Change(
        delay < TimeSpan.FromMilliseconds(1) ? TimeSpan.FromMilliseconds(1) : delay > TimeSpan.FromHours(1) ? TimeSpan.FromHours(1) : delay,
        Timeout.InfiniteTimeSpan);

    [LoggerMessage(EventId = 5103, Level = LogLevel.Error, Message = "Deliveries of an endpoint could not be sent now")]
    private static partial void LogFailed(ILogger logger, Exception exception);

    [LoggerMessage(EventId = 5104, Level = LogLevel.Error, Message = "The outcome of delivery {Delivery} could not be recorded; it is sent again")]
    private static partial void LogNotRecorded(ILogger logger, DeliveryKey delivery, Exception exception);
}
