using System.Diagnostics;
using Jint;

namespace Parley.Webhooks.Transformations.Scripts;

/// <summary>One span of processor time for the whole run of a script.</summary>
/// <remarks>
/// The engine's own time-out begins anew with each call into it, of which a run has several, and counts what other programs of a busy
/// machine take: a good script would fail for it. The server's clock holds against what does not use the processor.
/// </remarks>
internal sealed class ScriptDeadline(TimeSpan limit) : Constraint
{
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly TimeSpan _used = Environment.CpuUsage.TotalTime;

    public override void Check()
    {
        // The second question is a call of the system, and is only asked when the first is answered.
        if (Stopwatch.GetElapsedTime(_start) > limit && Environment.CpuUsage.TotalTime - _used > limit) throw new TimeoutException();
    }

    public override void Reset()
    {
    }
}
