using Parley.Webhooks.Endpoints;

namespace Parley.Webhooks.Outbound.Lanes;

/// <content>Tells a lane that waits on purpose from one that hangs.</content>
internal sealed partial class Lane
{
    private Endpoint? _seen;
    private DateTimeOffset _movedAt;
    private DateTimeOffset _restsUntil;

    /// <summary>For how long there has been something to send, and neither was it sent nor was there a reason in the endpoint not to; zero: not at all.</summary>
    public TimeSpan Stalled
    {
        get
        {
            lock (_gate)
            {
                var now = _services.Time.GetUtcNow();
                var since = _ready.Count > 0 ? _movedAt : _storeDue ?? DateTimeOffset.MaxValue;
                if (IsBusy(now))
                    return TimeSpan.Zero;
                since = Later(since, Later(_movedAt, _restsUntil));
                return since < now ? now - since : TimeSpan.Zero;
            }
        }
    }

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    /// <summary>Whether the endpoint has as many requests under way as it may have, and none of them for longer than one takes.</summary>
    private bool IsBusy(DateTimeOffset now) => _seen is { } endpoint
        && (_breaker.IsOpen ? _inFlight > 0 : _inFlight >= MostAtOnce(endpoint))
        && now - _movedAt <= endpoint.LongestAttempt + LongestPreparation;

    private void Enqueue(Storage.ClaimedDelivery delivery)
    {
        if (_ready.Count == 0)
            _movedAt = _services.Time.GetUtcNow();
        _ready.Enqueue(delivery);
    }

    /// <summary>Waits because of the endpoint: it is ill, busy, or has had as much as it may have.</summary>
    private void RestFor(TimeSpan wait)
    {
        _restsUntil = _services.Time.GetUtcNow() + wait;
        WakeIn(wait);
    }
}
