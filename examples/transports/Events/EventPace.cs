namespace Transports.Events;

/// <summary>How many events a second there are; all who look on share it.</summary>
internal sealed class EventPace
{
    private volatile int _perSecond = 5;

    /// <summary>1 to 50. Default 5.</summary>
    public int PerSecond
    {
        get => _perSecond;
        set => _perSecond = Math.Clamp(value, 1, 50);
    }
}
