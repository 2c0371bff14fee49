using Parley.Timing;

namespace Parley.Brokers.Memory;

/// <summary>All that a broker in memory knows of one channel. It exists as long as there is something to know.</summary>
/// <remarks>
/// One lock, the object itself, guards it, under which offsets are given and events queued in their order. Events are raised outside the
/// lock by whoever queued one while nobody was raising (MemoryChannel.Events.cs).
/// </remarks>
internal sealed partial class MemoryChannel(string name, MemoryBroker broker) : TimerWheelEntry, IThreadPoolWorkItem
{
    private ChannelStream? _stream;
    private IdempotencyKeys? _keys;
    private ulong _version;
    private string _versionEpoch = "";
    private long _versionUntil = MonotonicClock.Never;
    private long _wakesAt = MonotonicClock.Never;
    private bool _isSubscribed;
    private bool _isRemoved;

    public string Name => name;

    /// <summary>Publishes, or says why it cannot be done now.</summary>
    public Attempt TryPublish(in BrokerPublishRequest request, out PublishResult result)
    {
        Attempt attempt;
        lock (this)
        {
            attempt = Begin(out var now);
            if (attempt == Attempt.Done)
                attempt = Publish(request, now, out result);
            else
                result = default;

            End(now);
        }

        return Finish(attempt);
    }

    /// <summary>Queues a join or a leave, if this node listens.</summary>
    public Attempt TryRaise(PendingEvent pending)
    {
        Attempt attempt;
        lock (this)
        {
            attempt = Begin(out var now);
            if (attempt == Attempt.Done && _isSubscribed)
                attempt = Enqueue(pending);

            End(now);
        }

        return Finish(attempt);
    }

    public Attempt TryRead(HistoryQuery query, out HistoryPage? page)
    {
        page = null;
        lock (this)
        {
            var attempt = Begin(out var now);
            if (attempt == Attempt.Done)
            {
                _stream ??= new ChannelStream();
                _stream.Touch(now, query.HistoryMetaTtl);
                page = _stream.Read(query);
            }

            End(now);
            return attempt;
        }
    }

    public Attempt TrySubscribe()
    {
        lock (this)
        {
            if (_isRemoved)
                return Attempt.Removed;

            _isSubscribed = true;
            return Attempt.Done;
        }
    }

    public void Unsubscribe()
    {
        lock (this)
        {
            _isSubscribed = false;
            DropPending();
            RemoveIfUnused();
        }
    }

    public void RemoveHistory()
    {
        lock (this)
            _stream?.RemoveAll();
    }

    protected internal override void OnDue()
    {
        lock (this)
        {
            _wakesAt = MonotonicClock.Never;
            if (Begin(out var now) == Attempt.Done)
                End(now);
        }
    }

    private Attempt Publish(in BrokerPublishRequest request, long now, out PublishResult result)
    {
        if (request.IdempotencyKey is { } known && _keys is not null && _keys.TryFind(known, now, out var position))
        {
            result = new PublishResult(position, IsSuppressed: true);
            return Attempt.Done;
        }

        var isOutdated = IsOutdated(request);
        if (!isOutdated && _isSubscribed && !HasRoom)
        {
            result = default;
            return Attempt.Full;
        }

        var attempt = isOutdated ? Attempt.Done : Accept(request, now);
        position = request.HasHistory ? _stream?.Top ?? StreamPosition.None : StreamPosition.None;
        result = new PublishResult(position, isOutdated);
        if (request.IdempotencyKey is { } key && request.IdempotencyWindow > TimeSpan.Zero)
            (_keys ??= new IdempotencyKeys()).Add(key, position, MonotonicClock.After(now, request.IdempotencyWindow));

        return attempt;
    }

    private Attempt Accept(in BrokerPublishRequest request, long now)
    {
        if (request.Version > 0)
        {
            _version = request.Version;
            _versionEpoch = request.VersionEpoch ?? "";
            _versionUntil = MonotonicClock.After(now, request.HistoryMetaTtl);
            if (request.HasHistory)
                _versionUntil = Math.Max(_versionUntil, MonotonicClock.After(now, request.HistoryTtl));
        }

        Publication? publication = null;
        if (request.HasHistory)
        {
            _stream ??= new ChannelStream();
            publication = _stream.Append(request, now);
        }

        if (!_isSubscribed)
            return Attempt.Done;

        publication ??= new Publication
        {
            Data = request.Data,
            IsKnownJson = request.IsKnownJson,
            Info = request.Info,
            Tags = request.Tags,
            Version = request.Version,
        };
        return Enqueue(PendingEvent.Of(publication));
    }

    private bool IsOutdated(in BrokerPublishRequest request) =>
        request.Version > 0 && request.Version <= _version && (request.VersionEpoch ?? "") == _versionEpoch;

    /// <summary>Brings the state to the present.</summary>
    private Attempt Begin(out long now)
    {
        now = broker.Clock.Now;
        if (_isRemoved)
            return Attempt.Removed;

        if (_stream is not null && !_stream.Expire(now))
            _stream = null;

        if (_keys is not null)
        {
            _keys.Expire(now);
            if (_keys.Count == 0)
                _keys = null;
        }

        if (now >= _versionUntil)
        {
            _version = 0;
            _versionEpoch = "";
            _versionUntil = MonotonicClock.Never;
        }

        return Attempt.Done;
    }

    /// <summary>Sees to it that what is in here now will expire in time, also if nobody comes here again.</summary>
    private void End(long now)
    {
        var next = Math.Min(_versionUntil, Math.Min(
            _stream?.NextExpiry ?? MonotonicClock.Never, _keys?.NextExpiry ?? MonotonicClock.Never));

        // A busy channel pushes its expiry back all the time; the wheel finds out when it comes by.
        if (next < _wakesAt && !_isRemoved)
        {
            _wakesAt = next;
            broker.Wheel.Schedule(this, TimeSpan.FromTicks(next - now));
        }

        RemoveIfUnused();
    }

    private void RemoveIfUnused()
    {
        if (_isRemoved || _isSubscribed || _isRaising || _stream is not null || _keys is not null || _version > 0)
            return;

        _isRemoved = true;
        broker.Wheel.Cancel(this);
        broker.Remove(this);
    }
}
