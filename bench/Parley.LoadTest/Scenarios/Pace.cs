using System.Diagnostics;
using Parley.LoadTest.Sockets;

namespace Parley.LoadTest.Scenarios;

/// <summary>Drives a loop in time.</summary>
internal static class Pace
{
    /// <summary>
    /// Does something at a fixed rate, however long the server takes (open loop), and handles what arrives in between. What is late
    /// is done at once, with the time at which it was due, so that a latency includes all waiting.
    /// </summary>
    public static void AtRate(EventLoop loop, double perSecond, TimeSpan time, Action<long> act)
    {
        var start = Stopwatch.GetTimestamp();
        var end = start + (long)(time.TotalSeconds * Stopwatch.Frequency);
        var interval = Stopwatch.Frequency / perSecond;
        var done = 0L;
        var due = start;
        for (var now = start; now < end; now = Stopwatch.GetTimestamp())
        {
            for (; due <= now; due = start + (long)(++done * interval))
                act(due);

            loop.Poll(Math.Min(due, end));
        }
    }

    /// <summary>Does something whenever that is possible, and handles what arrives in between (closed loop).</summary>
    public static void WhenPossible(EventLoop loop, TimeSpan time, Func<bool> possible, Action<long> act)
    {
        var start = Stopwatch.GetTimestamp();
        var end = start + (long)(time.TotalSeconds * Stopwatch.Frequency);
        for (var now = start; now < end; now = Stopwatch.GetTimestamp())
        {
            while (possible())
                act(now);

            loop.Poll(end);
        }
    }
}
