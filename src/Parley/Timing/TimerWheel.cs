using Parley.Sessions;

namespace Parley.Timing;

/// <summary>Calls many entries after their delays with one timer, and costs them no object and no thread while they wait.</summary>
/// <remarks>
/// Thread-safe; scheduling and cancelling take constant time. Delays are measured by the monotonic clock, so a change of the wall clock
/// moves nothing. An entry is never called early, and at most one tick late (and what the timer itself is late); after a freeze of the
/// process everything overdue is called once, in about the order it was due. An empty wheel stops its timer.
/// </remarks>
internal sealed class TimerWheel : IDisposable
{
    /// <summary>A power of two. At a tick of 250 ms one turn takes 128 s, so only longer delays are looked at more than once.</summary>
    private const int SlotCount = 512;

    private readonly Lock _lock = new();
    private readonly TimeProvider _timeProvider;
    private readonly long _startTimestamp;
    private readonly ITimer _timer;
    private readonly ListHead[] _slots = new ListHead[SlotCount];
    private readonly ListHead _due = new();
    private long _reached;
    private int _count;
    private bool _isTurning;
    private bool _isFiring;
    private bool _isDisposed;

    /// <param name="timeProvider">Gives the monotonic clock and the timer.</param>
    /// <param name="tick">How finely delays are told apart, from 1 ms. Default 250 ms.</param>
    public TimerWheel(TimeProvider timeProvider, TimeSpan? tick = null)
    {
        ArgumentNullException.ThrowIfNull(timeProvider);
        Tick = tick ?? TimeSpan.FromMilliseconds(250);
        ArgumentOutOfRangeException.ThrowIfLessThan(Tick, TimeSpan.FromMilliseconds(1), nameof(tick));
        _timeProvider = timeProvider;
        _startTimestamp = timeProvider.GetTimestamp();
        for (var i = 0; i < SlotCount; i++)
            _slots[i] = new ListHead();

        _timer = CreateTimer(this, timeProvider);
    }

    /// <summary>How finely delays are told apart.</summary>
    public TimeSpan Tick { get; }

    /// <summary>How many entries wait.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _count;
        }
    }

    /// <summary>Has an entry called once after a delay, in place of what it was scheduled for before.</summary>
    /// <param name="entry">The entry to call.</param>
    /// <param name="delay">From now; zero or less is the next tick, never a call from in here. Days are as good as seconds.</param>
    /// <remarks>Does nothing on a disposed wheel, so that what is closing at the same time need not ask.</remarks>
    public void Schedule(TimerWheelEntry entry, TimeSpan delay)
    {
        ArgumentNullException.ThrowIfNull(entry);
        lock (_lock)
        {
            if (_isDisposed)
                return;

            if (!_isTurning)
                StartTurning();

            Unlink(entry);
            var now = Elapsed();
            entry.WheelDue = now + Math.Clamp(delay.Ticks, 0, long.MaxValue - now);
            Append(SlotOf(entry.WheelDue / Tick.Ticks), entry);
            _count++;
        }
    }

    /// <summary>Takes an entry out.</summary>
    /// <returns>
    /// True when the entry waited and will not be called for that schedule. False when it did not wait; a call that
    /// began before may then still be running.
    /// </returns>
    public bool Cancel(TimerWheelEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        lock (_lock)
            return Unlink(entry);
    }

    /// <summary>Stops for good and forgets all entries. A call that began before may still be running.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_isDisposed)
                return;

            _isDisposed = true;
            foreach (var slot in _slots)
                Clear(slot);
            Clear(_due);
        }

        _timer.Dispose();
    }

    private static ITimer CreateTimer(TimerWheel wheel, TimeProvider timeProvider)
    {
        // The timer would keep whatever is ambient now (a request, an activity) for as long as the process lives.
        using (ExecutionContext.IsFlowSuppressed() ? default(IDisposable) : ExecutionContext.SuppressFlow())
        {
            return timeProvider.CreateTimer(
                static state => ((TimerWheel)state!).Turn(), wheel, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    private void StartTurning()
    {
        // Nothing can be due from the time it stood still.
        _reached = Elapsed() / Tick.Ticks;
        _isTurning = true;
        _timer.Change(Tick, Tick);
    }

    private void Turn()
    {
        lock (_lock)
        {
            // The round that is under way looks at the clock again before it ends.
            if (_isFiring || _isDisposed)
                return;

            _isFiring = true;
        }

        // Of many connections that are due some are sent to, as with pings: together that is a fraction of the work.
        var batch = FlushBatch.Begin();
        for (var called = 1; TakeDue() is { } entry; called++)
        {
            entry.OnDue();
            if (called % FlushRound.MaxConnections != 0)
                continue;
            batch.Dispose();
            batch = FlushBatch.Begin();
        }

        batch.Dispose();
    }

    /// <summary>The next entry to call; null ends the round.</summary>
    private TimerWheelEntry? TakeDue()
    {
        lock (_lock)
        {
            if (_due.WheelNext == _due)
                CollectDue();

            var entry = _due.WheelNext!;
            if (entry != _due)
            {
                Unlink(entry);
                return entry;
            }

            _isFiring = false;
            if (_count == 0 && _isTurning)
            {
                _isTurning = false;
                _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            }

            return null;
        }
    }

    private void CollectDue()
    {
        var now = Elapsed();
        var end = now / Tick.Ticks;

        // The slot where the last round ended is looked at again: part of it was not due then.
        // After a whole turn every slot was seen.
        var last = Math.Min(end, _reached + SlotCount - 1);
        for (var i = _reached; i <= last; i++)
        {
            var slot = SlotOf(i);
            var entry = slot.WheelNext!;
            while (entry != slot)
            {
                var next = entry.WheelNext!;
                if (entry.WheelDue <= now)
                {
                    Detach(entry);
                    Append(_due, entry);
                }

                entry = next;
            }
        }

        _reached = end;
    }

    private ListHead SlotOf(long tick) => _slots[tick & (SlotCount - 1)];

    private long Elapsed() => _timeProvider.GetElapsedTime(_startTimestamp).Ticks;

    private bool Unlink(TimerWheelEntry entry)
    {
        if (entry.WheelNext is null)
            return false;

        Detach(entry);
        entry.WheelNext = null;
        entry.WheelPrevious = null;
        _count--;
        return true;
    }

    private void Clear(ListHead list)
    {
        while (list.WheelNext != list)
            Unlink(list.WheelNext!);
    }

    private static void Append(ListHead list, TimerWheelEntry entry)
    {
        entry.WheelNext = list;
        entry.WheelPrevious = list.WheelPrevious;
        list.WheelPrevious!.WheelNext = entry;
        list.WheelPrevious = entry;
    }

    private static void Detach(TimerWheelEntry entry)
    {
        entry.WheelPrevious!.WheelNext = entry.WheelNext;
        entry.WheelNext!.WheelPrevious = entry.WheelPrevious;
    }

    /// <summary>Both ends of a circular list, so that an entry leaves without knowing which list it is in.</summary>
    private sealed class ListHead : TimerWheelEntry
    {
        public ListHead() => WheelNext = WheelPrevious = this;

        protected internal override void OnDue() => throw new InvalidOperationException("The head of a list is never due.");
    }
}
