namespace Parley.Sessions;

/// <summary>What a session does with time: all its deadlines share one entry of the timer wheel.</summary>
internal sealed partial class Session
{
    /// <summary>How long after its expiry a connection or subscription waits for a refresh.</summary>
    internal static readonly TimeSpan ExpiryGrace = TimeSpan.FromSeconds(25);

    private long _staleDue;
    private DisconnectReason _staleReason = DisconnectReason.Stale;
    private long _pingDue = long.MaxValue;
    private long _pongDue = long.MaxValue;
    private long _expiryDue = long.MaxValue;
    private long _subscriptionExpiryDue = long.MaxValue;

    /// <summary>A pong arrived.</summary>
    public void OnPong()
    {
        lock (this)
        {
            if (_pongDue != long.MaxValue)
            {
                _pongDue = long.MaxValue;
                return;
            }
        }

        if (_pongs != PongRule.AskedOrNot)
            Disconnect(DisconnectReason.BadRequest);
    }

    protected internal override void OnDue()
    {
        var now = _node.Time.GetTimestamp();
        DisconnectReason? reason = null;
        List<Subscription>? expired = null;
        var sendPing = false;
        lock (this)
        {
            if (_state == SessionState.Ended)
                return;
            if (_staleDue <= now)
                reason = _staleReason;
            else if (_pongDue <= now)
                reason = DisconnectReason.NoPong;
            else if (_expiryDue <= now)
                reason = DisconnectReason.Expired;
            else
            {
                expired = TakeExpired(now);
                if (_pingDue <= now)
                {
                    sendPing = true;
                    _pingDue = _node.DueIn(_node.Clients.PingInterval);
                    _pongDue = _pongs == PongRule.None ? long.MaxValue : _node.DueIn(_node.Clients.PongTimeout);
                }
            }
        }

        if (reason is not null)
        {
            Disconnect(reason);
            return;
        }

        if (sendPing)
            _connection.EnqueueFirst(_ping);
        foreach (var subscription in expired ?? [])
            OnSubscriptionExpired(subscription);
        Reschedule();
    }

    /// <summary>Plans the first ping, at a random moment of the second half of the interval so that a crowd does not ping at once.</summary>
    private void StartPings() => _pingDue = _node.DueIn(_node.Clients.PingInterval * (0.5 + Random.Shared.NextDouble() / 2));

    private void Reschedule()
    {
        lock (this)
        {
            if (_state == SessionState.Ended)
                return;
            var due = Math.Min(Math.Min(_staleDue, _pingDue), Math.Min(Math.Min(_pongDue, _expiryDue), _subscriptionExpiryDue));
            if (due == long.MaxValue)
                return;
            var delay = _node.Time.GetElapsedTime(_node.Time.GetTimestamp(), due);
            _node.Wheel.Schedule(this, delay > TimeSpan.Zero ? delay : TimeSpan.Zero);
        }
    }

    private List<Subscription>? TakeExpired(long now)
    {
        if (_subscriptionExpiryDue > now)
            return null;
        List<Subscription>? expired = null;
        _subscriptionExpiryDue = long.MaxValue;
        foreach (var subscription in _subscriptions.ToArray())
        {
            if (subscription.ExpiryDue <= now)
                (expired ??= []).Add(subscription);
            else
                _subscriptionExpiryDue = Math.Min(_subscriptionExpiryDue, subscription.ExpiryDue);
        }

        return expired;
    }

    private void OnSubscriptionExpired(Subscription subscription)
    {
        if (subscription.IsServerSide)
            Disconnect(DisconnectReason.SubscriptionExpired);
        else
            Unsubscribe(subscription, UnsubscribeReason.Expired);
    }

    private void SetExpiry(Subscription subscription, DateTimeOffset? expireAt)
    {
        lock (this)
        {
            subscription.ExpiryDue = expireAt is { } moment ? _node.DueAt(moment, ExpiryGrace) : long.MaxValue;
            _subscriptionExpiryDue = Math.Min(_subscriptionExpiryDue, subscription.ExpiryDue);
        }

        if (expireAt is not null)
            Reschedule();
    }

    private void SetExpiry(DateTimeOffset? expireAt)
    {
        lock (this)
            _expiryDue = expireAt is { } moment ? _node.DueAt(moment, ExpiryGrace) : long.MaxValue;
        Reschedule();
    }

    private Expiry ExpiryOf(DateTimeOffset? expireAt, bool isRefreshedByClient) =>
        isRefreshedByClient && expireAt is { } moment
            ? new Expiry(true, (uint)Math.Clamp(Math.Ceiling((moment - _node.Time.GetUtcNow()).TotalSeconds), 1, uint.MaxValue))
            : default;
}
