using Parley.Nodes;
using Parley.Sessions;
using Parley.Timing;

namespace Parley.Hubs;

/// <summary>The subscriptions of this node to one channel.</summary>
/// <remarks>
/// One lock, the object itself, orders everything that happens in the channel: a publication reaches all readers before the next does,
/// and a subscription goes live between two of them. Sessions' locks are taken inside it, never around it.
/// </remarks>
internal sealed class HubChannel(string name, Node node) : TimerWheelEntry
{
    /// <summary>What a publication that is held costs beside its payload, in bytes.</summary>
    private const int PublicationOverhead = 256;

    private Subscription[] _subscriptions = new Subscription[1];
    private int _count;
    private int _watched;
    private bool _isRetired;

    public string Name { get; } = name;

    public int Count => Volatile.Read(ref _count);

    /// <summary>Adds a subscription, which holds what arrives until <see cref="GoLive"/>.</summary>
    /// <returns>False when the channel is retired: another object has taken its place.</returns>
    public bool TryAdd(Subscription subscription)
    {
        lock (this)
        {
            if (_isRetired)
                return false;
            if (_count == _subscriptions.Length)
                Array.Resize(ref _subscriptions, Math.Max(4, _count * 2));
            subscription.Reader.Index = _count;
            _subscriptions[_count++] = subscription;
            return true;
        }
    }

    /// <summary>Removes a subscription; nothing is sent for it afterwards.</summary>
    /// <returns>True when it was the last one.</returns>
    public bool Remove(Subscription subscription)
    {
        lock (this)
        {
            ref var reader = ref subscription.Reader;
            reader.State = ReaderState.Ended;
            reader.Held = null;
            if (reader.Index < 0)
                return false;

            var last = _subscriptions[--_count];
            _subscriptions[reader.Index] = last;
            last.Reader.Index = reader.Index;
            _subscriptions[_count] = null!;
            reader.Index = -1;
            if (reader.IsWatched && --_watched == 0)
                node.Wheel.Cancel(this);
            if (_subscriptions.Length > 16 && _count < _subscriptions.Length / 4)
                Array.Resize(ref _subscriptions, _subscriptions.Length / 2);
            return _count == 0;
        }
    }

    /// <summary>Ends the channel object if nobody is in it.</summary>
    public bool TryRetire()
    {
        lock (this)
            return _isRetired |= _count == 0;
    }

    /// <summary>Hands one publication to every subscription without waiting for any.</summary>
    public void Deliver(Publication publication)
    {
        var frames = PublicationFrames.Of(Name, publication);
        using var batch = FlushBatch.Begin();
        lock (this)
        {
            foreach (var subscription in _subscriptions.AsSpan(0, _count))
                Offer(subscription, frames);
            node.Metrics.Delivered(_count);
        }

        frames.Return();
    }

    /// <summary>Tells those who asked that a client joined.</summary>
    public void Join(ClientInfo info) => Tell(info, static (format, channel, info) => format.Join(channel, info));

    /// <summary>Tells those who asked that a client left.</summary>
    public void Leave(ClientInfo info) => Tell(info, static (format, channel, info) => format.Leave(channel, info));

    /// <summary>Sets where a starting subscription stands.</summary>
    public void SetPosition(Subscription subscription, StreamPosition position)
    {
        lock (this)
            subscription.Reader.Position = position;
    }

    /// <summary>Lets a subscription send, beginning with what it held, once its client knows of it.</summary>
    public void GoLive(Subscription subscription)
    {
        lock (this)
        {
            ref var reader = ref subscription.Reader;
            if (reader.State != ReaderState.Holding || reader.Index < 0)
                return;

            reader.State = ReaderState.Live;
            if (subscription.IsPositioned)
            {
                reader.IsWatched = true;
                if (_watched++ == 0)
                    node.Wheel.Schedule(this, node.Channels.PositionCheckInterval);
            }

            SendHeld(subscription);
        }
    }

    /// <summary>Ends a subscription that its client knows of with a last frame; nothing of the channel follows it.</summary>
    public void End(Subscription subscription, Frame last)
    {
        lock (this)
        {
            ref var reader = ref subscription.Reader;
            if (reader.State == ReaderState.Holding)
            {
                // It was just about to go live: what was published before it ended is not lost.
                reader.State = ReaderState.Live;
                SendHeld(subscription);
            }

            reader.State = ReaderState.Ended;
            subscription.Session.Send(last);
        }
    }

    /// <summary>Finds the watched subscriptions that are behind a position of the broker's, and ends them when told so.</summary>
    /// <returns>Whether there are any.</returns>
    public bool FindBehind(StreamPosition top, bool endThem)
    {
        var found = false;
        lock (this)
        {
            foreach (var subscription in _subscriptions.AsSpan(0, _count))
            {
                ref var reader = ref subscription.Reader;
                if (!reader.IsWatched || reader.State != ReaderState.Live)
                    continue;
                if (reader.Position.Epoch == top.Epoch && reader.Position.Offset >= top.Offset)
                    continue;
                found = true;
                if (endThem)
                    EndBehind(subscription);
            }
        }

        return found;
    }

    /// <summary>Plans the next comparison with the broker's position, while there is somebody to check for.</summary>
    public void ScheduleCheck(TimeSpan delay)
    {
        lock (this)
        {
            if (_watched > 0)
                node.Wheel.Schedule(this, delay);
        }
    }

    protected internal override void OnDue() => PositionCheck.Start(this, node);

    private void Offer(Subscription subscription, PublicationFrames frames)
    {
        ref var reader = ref subscription.Reader;
        if (reader.State == ReaderState.Live)
        {
            if (subscription.IsPositioned && frames.Publication.Offset > 0 && !Advance(subscription, frames.Publication))
                return;
            subscription.Session.Send(frames.Get(subscription.Session.Format));
        }
        else if (reader.State == ReaderState.Holding)
        {
            Hold(subscription, frames);
        }
    }

    private void SendHeld(Subscription subscription)
    {
        var held = subscription.Reader.Held;
        subscription.Reader.Held = null;
        if (held is null)
            return;
        foreach (var frames in held)
            Offer(subscription, frames);
    }

    /// <summary>Moves a watched subscription on to a publication.</summary>
    /// <returns>False when it must not be sent: a repetition, or a gap, which ends the subscription.</returns>
    private static bool Advance(Subscription subscription, Publication publication)
    {
        ref var reader = ref subscription.Reader;
        var isSameEpoch = reader.Position.Epoch == publication.Epoch;
        if (isSameEpoch && publication.Offset <= reader.Position.Offset)
            return false;
        if (isSameEpoch && publication.Offset == reader.Position.Offset + 1)
        {
            reader.Position = new StreamPosition(publication.Offset, publication.Epoch);
            return true;
        }

        EndBehind(subscription);
        return false;
    }

    private static void EndBehind(Subscription subscription)
    {
        subscription.Reader.State = ReaderState.Ended;
        subscription.Session.OnInsufficientState(subscription);
    }

    private void Hold(Subscription subscription, PublicationFrames frames)
    {
        ref var reader = ref subscription.Reader;
        reader.HeldBytes += frames.Publication.Data.Length + PublicationOverhead;
        if (reader.Held is { Count: > 0 } && reader.HeldBytes > node.Clients.MaxQueuedBytes)
        {
            reader.State = ReaderState.Ended;
            reader.Held = null;
            subscription.Session.Disconnect(DisconnectReason.Slow);
            return;
        }

        frames.AreHeld = true;
        (reader.Held ??= []).Add(frames);
    }

    private void Tell(ClientInfo info, Func<WireFormat, string, ClientInfo, Frame> make)
    {
        WireFormat? format = null;
        Frame frame = default;
        using var batch = FlushBatch.Begin();
        lock (this)
        {
            foreach (var subscription in _subscriptions.AsSpan(0, _count))
            {
                if (!subscription.GetsJoinLeave || subscription.Reader.State != ReaderState.Live)
                    continue;
                if (!ReferenceEquals(format, subscription.Session.Format))
                {
                    format = subscription.Session.Format;
                    frame = make(format, Name, info);
                }

                subscription.Session.Send(frame);
            }
        }
    }
}
