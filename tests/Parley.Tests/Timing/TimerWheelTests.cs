using Parley.Sessions;
using Parley.Timing;

namespace Parley.Tests.Timing;

public sealed class TimerWheelTests : IDisposable
{
    private readonly SteppedTimeProvider _time = new();
    private readonly TimerWheel _wheel;

    public TimerWheelTests() => _wheel = new TimerWheel(_time);

    public void Dispose() => _wheel.Dispose();

    [Fact]
    public void An_entry_is_called_once_not_before_its_delay_and_at_most_a_tick_later()
    {
        var start = _time.GetUtcNow();
        var entry = new RecordingEntry(_time);
        _wheel.Schedule(entry, TimeSpan.FromMilliseconds(1_010));

        _time.Advance(TimeSpan.FromMilliseconds(1_009));
        Assert.Empty(entry.Calls);
        _time.Advance(TimeSpan.FromMilliseconds(251));
        _time.Advance(TimeSpan.FromMinutes(10));

        var called = Assert.Single(entry.Calls) - start;
        Assert.InRange(called, TimeSpan.FromMilliseconds(1_010), TimeSpan.FromMilliseconds(1_260));
    }

    [Fact]
    public void What_entries_that_are_due_together_send_is_flushed_when_all_have_been_called()
    {
        var connection = new CountedConnection();
        for (var i = 0; i < 3; i++)
            _wheel.Schedule(new SendingEntry(connection), TimeSpan.FromSeconds(1));

        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal((3, 3), (connection.Sends, connection.SendsBeforeTheFirstFlush));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-5_000)]
    public void A_delay_of_zero_or_less_is_the_next_tick_and_not_a_call_from_within_Schedule(int milliseconds)
    {
        var entry = new RecordingEntry(_time);

        _wheel.Schedule(entry, TimeSpan.FromMilliseconds(milliseconds));
        Assert.Empty(entry.Calls);
        _time.Advance(_wheel.Tick);

        Assert.Single(entry.Calls);
    }

    [Fact]
    public void Scheduling_again_replaces_the_earlier_delay()
    {
        var entry = new RecordingEntry(_time);
        _wheel.Schedule(entry, TimeSpan.FromSeconds(1));
        _wheel.Schedule(entry, TimeSpan.FromSeconds(5));
        Assert.Equal(1, _wheel.Count);

        _time.Advance(TimeSpan.FromSeconds(4));
        Assert.Empty(entry.Calls);
        _wheel.Schedule(entry, TimeSpan.FromSeconds(0.5));
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Single(entry.Calls);
        Assert.Equal(0, _wheel.Count);
    }

    [Fact]
    public void A_cancelled_entry_is_not_called_and_Cancel_says_whether_it_waited()
    {
        var entry = new RecordingEntry(_time);
        Assert.False(_wheel.Cancel(entry));
        _wheel.Schedule(entry, TimeSpan.FromSeconds(1));

        Assert.True(_wheel.Cancel(entry));
        Assert.False(_wheel.Cancel(entry));
        _time.Advance(TimeSpan.FromMinutes(5));

        Assert.Empty(entry.Calls);
        Assert.Equal(0, _wheel.Count);
    }

    [Fact]
    public void An_entry_cancelled_by_another_one_of_the_same_tick_is_not_called()
    {
        RecordingEntry? second = null;
        var first = new RecordingEntry(_time, () => Assert.True(_wheel.Cancel(second!)));
        second = new RecordingEntry(_time);
        _wheel.Schedule(first, TimeSpan.FromSeconds(1));
        _wheel.Schedule(second, TimeSpan.FromSeconds(1));

        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.Single(first.Calls);
        Assert.Empty(second.Calls);
    }

    [Fact]
    public void An_entry_may_schedule_itself_again_while_it_is_called()
    {
        RecordingEntry? entry = null;
        entry = new RecordingEntry(_time, () => _wheel.Schedule(entry!, TimeSpan.FromSeconds(25)));
        _wheel.Schedule(entry, TimeSpan.FromSeconds(25));

        for (var i = 0; i < 240; i++)
            _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(9, entry.Calls.Count);
    }

    [Fact]
    public void Delays_of_days_are_kept_over_many_turns_of_the_wheel()
    {
        using var wheel = new TimerWheel(_time, TimeSpan.FromSeconds(10));
        var start = _time.GetUtcNow();
        var entry = new RecordingEntry(_time);
        wheel.Schedule(entry, TimeSpan.FromDays(30));

        _time.Advance(TimeSpan.FromDays(31));

        Assert.Equal(TimeSpan.FromDays(30), Assert.Single(entry.Calls) - start);
    }

    [Fact]
    public void The_longest_delay_there_is_does_not_overflow()
    {
        var entry = new RecordingEntry(_time);
        _wheel.Schedule(entry, TimeSpan.MaxValue);

        _time.Advance(TimeSpan.FromHours(1));

        Assert.Empty(entry.Calls);
        Assert.Equal(1, _wheel.Count);
    }

    [Fact]
    public void After_a_freeze_everything_overdue_is_called_once_in_the_order_of_the_ticks()
    {
        List<int> order = [];
        for (var i = 1; i <= 500; i++)
        {
            var number = i;
            _wheel.Schedule(new RecordingEntry(_time, () => order.Add(number)), _wheel.Tick * number);
        }

        _time.Freeze(TimeSpan.FromMinutes(10));
        Assert.Empty(order);
        _time.Advance(_wheel.Tick);

        Assert.Equal(Enumerable.Range(1, 500), order);
        Assert.Equal(0, _wheel.Count);
    }

    [Fact]
    public void A_jump_of_the_wall_clock_calls_nothing_early_and_delays_nothing()
    {
        var entry = new RecordingEntry(_time);
        _wheel.Schedule(entry, TimeSpan.FromSeconds(10));

        _time.MoveWallClock(TimeSpan.FromHours(1));
        _time.Advance(TimeSpan.FromSeconds(9));
        Assert.Empty(entry.Calls);
        _time.MoveWallClock(TimeSpan.FromHours(-2));
        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.Single(entry.Calls);
    }

    [Fact]
    public void An_empty_wheel_stops_its_timer_and_starts_it_again_when_needed()
    {
        Assert.False(_time.IsTimerRunning);
        var entry = new RecordingEntry(_time);
        _wheel.Schedule(entry, TimeSpan.FromSeconds(1));
        Assert.True(_time.IsTimerRunning);

        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.False(_time.IsTimerRunning);
        _time.Advance(TimeSpan.FromHours(1));
        _wheel.Schedule(entry, TimeSpan.FromSeconds(1));
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(2, entry.Calls.Count);
        Assert.False(_time.IsTimerRunning);
    }

    [Fact]
    public void A_disposed_wheel_forgets_its_entries_and_takes_no_more()
    {
        var entry = new RecordingEntry(_time);
        _wheel.Schedule(entry, TimeSpan.FromSeconds(1));

        _wheel.Dispose();
        _wheel.Schedule(entry, TimeSpan.FromSeconds(1));
        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Empty(entry.Calls);
        Assert.Equal(0, _wheel.Count);
    }

    [Fact]
    public void A_waiting_entry_costs_no_allocation()
    {
        var entries = Enumerable.Range(0, 100).Select(_ => new RecordingEntry(_time)).ToArray();
        _wheel.Schedule(entries[0], TimeSpan.FromSeconds(1));

        var before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var entry in entries)
            _wheel.Schedule(entry, TimeSpan.FromSeconds(25));
        foreach (var entry in entries.AsSpan(1))
            _wheel.Cancel(entry);

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private sealed class CountedConnection : IFlushable
    {
        public int Sends { get; set; }

        public int SendsBeforeTheFirstFlush { get; private set; }

        public void FlushPutOff()
        {
            if (SendsBeforeTheFirstFlush == 0)
                SendsBeforeTheFirstFlush = Sends;
        }
    }

    private sealed class SendingEntry(CountedConnection connection) : TimerWheelEntry
    {
        protected internal override void OnDue()
        {
            connection.Sends++;
            FlushBatch.Current!.Add(connection);
        }
    }
}
