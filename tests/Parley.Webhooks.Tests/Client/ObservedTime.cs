using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;
using Parley.Testing;

namespace Parley.Webhooks.Tests.Client;

/// <summary>A clock of the test's own that tells when somebody begins to wait for it.</summary>
internal sealed class ObservedTime() : FakeTimeProvider(DateTimeOffset.UtcNow)
{
    private readonly Channel<TimeSpan> _waits = Channel.CreateUnbounded<TimeSpan>();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        _waits.Writer.TryWrite(dueTime);
        return timer;
    }

    /// <summary>Lets the next wait of a length pass.</summary>
    /// <returns>How long it was.</returns>
    public async Task<TimeSpan> PassWaitAsync(Predicate<TimeSpan> isIt)
    {
        while (true)
        {
            var wait = await _waits.Reader.ReadAsync().AsTask().WaitAsync(Patience.Limit);
            if (!isIt(wait))
                continue;
            Advance(wait);
            return wait;
        }
    }
}
