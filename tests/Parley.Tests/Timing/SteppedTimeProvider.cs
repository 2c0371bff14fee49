namespace Parley.Tests.Timing;

/// <summary>A clock that stops at every call of its timer, as time does, and can freeze like a process that gets no CPU.</summary>
/// <remarks><c>FakeTimeProvider</c> makes one leap and then calls, and moves the monotonic clock with the wall clock. This one knows one timer.</remarks>
internal sealed class SteppedTimeProvider : TimeProvider
{
    private TimeSpan _now;
    private DateTimeOffset _wallClock = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private Timer? _timer;

    /// <summary>Whether the timer would fire again by itself.</summary>
    public bool IsTimerRunning => _timer?.Due is not null;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _now.Ticks;

    public override DateTimeOffset GetUtcNow() => _wallClock + _now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        _timer = new Timer(this, () => callback(state));
        _timer.Change(dueTime, period);
        return _timer;
    }

    /// <summary>Lets time pass, calling the timer whenever it is due.</summary>
    public void Advance(TimeSpan time)
    {
        var end = _now + time;
        while (_timer?.Due <= end)
        {
            _now = TimeSpan.FromTicks(Math.Max(_now.Ticks, _timer.Due.Value.Ticks));
            _timer.Fire();
        }

        _now = end;
    }

    /// <summary>Lets time pass without a call of the timer; an overdue one follows, once, when time passes again.</summary>
    public void Freeze(TimeSpan time) => _now += time;

    /// <summary>Moves the wall clock, which the monotonic one does not notice.</summary>
    public void MoveWallClock(TimeSpan by) => _wallClock += by;

    private sealed class Timer(SteppedTimeProvider owner, Action callback) : ITimer
    {
        private TimeSpan _period;

        public TimeSpan? Due { get; private set; }

        public void Fire()
        {
            Due = _period == Timeout.InfiniteTimeSpan ? null : owner._now + _period;
            callback();
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Due = dueTime == Timeout.InfiniteTimeSpan ? null : owner._now + dueTime;
            _period = period;
            return true;
        }

        public void Dispose() => Due = null;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
