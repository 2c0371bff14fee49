using Parley.Timing;

namespace Parley.Tests.Timing;

/// <summary>Remembers when it was called.</summary>
internal sealed class RecordingEntry(TimeProvider timeProvider, Action? whenDue = null) : TimerWheelEntry
{
    public List<DateTimeOffset> Calls { get; } = [];

    protected internal override void OnDue()
    {
        Calls.Add(timeProvider.GetUtcNow());
        whenDue?.Invoke();
    }
}
