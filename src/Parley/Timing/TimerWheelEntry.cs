namespace Parley.Timing;

/// <summary>Something a <see cref="TimerWheel"/> can call later. Derive from it instead of holding a timer.</summary>
/// <remarks>An entry belongs to one wheel, and is in it once or not at all. The wheel owns the fields.</remarks>
internal abstract class TimerWheelEntry
{
    internal TimerWheelEntry? WheelNext;
    internal TimerWheelEntry? WheelPrevious;
    internal long WheelDue;

    /// <summary>The delay is over. Called once per schedule, without any lock, on a thread of the pool.</summary>
    /// <remarks>
    /// Must be short, because the other entries of the wheel wait for it, and must not throw: as with any timer, that would end
    /// the process. It may schedule and cancel any entry, this one too.
    /// </remarks>
    protected internal abstract void OnDue();
}
