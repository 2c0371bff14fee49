using Parley.Timing;

namespace Parley.Tests.Timing;

public sealed class TimerWheelConcurrencyTests
{
    [Fact]
    public async Task Scheduling_and_cancelling_from_many_threads_loses_no_entry_and_calls_none_twice()
    {
        const int Workers = 8;
        const int PerWorker = 5_000;
        using var wheel = new TimerWheel(TimeProvider.System, TimeSpan.FromMilliseconds(1));
        using var calls = new CountdownEvent(1);
        var cancelled = 0;

        await Task.WhenAll(Enumerable.Range(0, Workers).Select(worker => Task.Run(() =>
        {
            var random = new Random(worker);
            for (var i = 0; i < PerWorker; i++)
            {
                calls.AddCount();
                var entry = new SignallingEntry(calls);
                wheel.Schedule(entry, TimeSpan.FromMilliseconds(random.Next(0, 20)));
                if (random.Next(3) == 0 && wheel.Cancel(entry))
                {
                    Interlocked.Increment(ref cancelled);
                    calls.Signal();
                }
            }
        })));
        calls.Signal();

        // Each entry was called or cancelled, never both: a second signal of one entry would have thrown.
        Assert.True(calls.Wait(TimeSpan.FromSeconds(60)));
        Assert.Equal(0, wheel.Count);
        Assert.InRange(cancelled, 1, Workers * PerWorker);
    }

    private sealed class SignallingEntry(CountdownEvent calls) : TimerWheelEntry
    {
        private int _calls;

        protected internal override void OnDue()
        {
            if (Interlocked.Increment(ref _calls) == 1)
                calls.Signal();
            else
                throw new InvalidOperationException("called twice");
        }
    }
}
