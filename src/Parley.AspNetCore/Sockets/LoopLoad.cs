using System.Diagnostics;

namespace Parley.AspNetCore.Sockets;

/// <summary>How much of its time the thread of a <see cref="SocketLoop"/> does not wait. Written by that thread, read by others.</summary>
internal sealed class LoopLoad
{
    /// <summary>A thread with less rest than the difference to 1 gives work away.</summary>
    private const double Busy = 0.75;

    /// <summary>
    /// Two threads that do less than this together are one too many: one does the same with fewer wake-ups, in down to half of the time. Where
    /// it does not, it soon gives work away again.
    /// </summary>
    private const double EnoughForOne = 0.9;

    /// <summary>How long a thread that was given its work back keeps it, in ticks of the stopwatch: a second.</summary>
    private static readonly long Kept = Stopwatch.Frequency;

    /// <summary>What is measured at a time, in ticks of the stopwatch: 50 ms.</summary>
    private static readonly long Interval = Stopwatch.Frequency / 20;

    private long _begun = Stopwatch.GetTimestamp();
    private long _waited;
    private long _restarted = Stopwatch.GetTimestamp();
    private double _share;
    private volatile bool _isWaiting;

    /// <summary>Whether the thread had next to no rest in the last interval.</summary>
    public bool IsBusy => _share >= Busy;

    public void BeginWait() => _isWaiting = true;

    /// <param name="waited">Ticks.</param>
    public void EndWait(long waited)
    {
        _isWaiting = false;
        _waited += waited;
    }

    /// <summary>Forgets what was measured: from here on the thread does something else.</summary>
    public void Restart(long now)
    {
        Volatile.Write(ref _begun, now);
        _waited = 0;
        _restarted = now;
    }

    /// <summary>Measures, if the interval is over.</summary>
    public bool TryMeasure(long now)
    {
        var elapsed = now - Volatile.Read(ref _begun);
        if (elapsed < Interval)
            return false;
        Volatile.Write(ref _share, 1 - ((double)_waited / elapsed));
        Volatile.Write(ref _begun, now);
        _waited = 0;
        return true;
    }

    /// <summary>Whether one thread could do what this one and another one do.</summary>
    public bool MayJoin(LoopLoad other)
    {
        var now = Stopwatch.GetTimestamp();
        return now - _restarted >= Kept && _share + other.Share(now) < EnoughForOne;
    }

    private double Share(long now)
    {
        // One that has not measured for long either waits for something to do, or is held up by what it does.
        if (now - Volatile.Read(ref _begun) > 2 * Interval)
            return _isWaiting ? 0 : 1;
        return Volatile.Read(ref _share);
    }
}
