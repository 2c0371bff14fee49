using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;
using Parley.Testing;

namespace Parley.Client.Tests.Connections;

/// <summary>A time of the test, which sees who begins to wait for how long.</summary>
internal sealed class TimerLog : FakeTimeProvider
{
    private readonly Channel<TimeSpan> _delays = Channel.CreateUnbounded<TimeSpan>();

    /// <summary>The next delay that begins, other than this limit of an attempt.</summary>
    public async Task<TimeSpan> NextDelayAsync(TimeSpan limit)
    {
        while (true)
        {
            var delay = await _delays.Reader.ReadAsync().AsTask().WaitAsync(Patience.Limit);
            if (delay != limit) return delay;
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        if (dueTime != Timeout.InfiniteTimeSpan) _delays.Writer.TryWrite(dueTime);
        return timer;
    }
}
