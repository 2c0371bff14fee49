namespace Parley.Brokers.Memory;

/// <summary>Moments as ticks of 100 ns since the clock was made, unmoved by the wall clock.</summary>
internal sealed class MonotonicClock(TimeProvider timeProvider)
{
    /// <summary>Later than any moment that comes.</summary>
    public const long Never = long.MaxValue;

    private readonly long _start = timeProvider.GetTimestamp();

    public long Now => timeProvider.GetElapsedTime(_start).Ticks;

    /// <summary>The moment when a time has passed; <see cref="Never"/> when that is beyond counting.</summary>
    public static long After(long now, TimeSpan time) => now + Math.Clamp(time.Ticks, 0, Never - now);
}
