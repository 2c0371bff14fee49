using Parley.Webhooks.Deliveries;

namespace Parley.Webhooks.Outbound.Lanes;

/// <summary>Stops requests to an endpoint that only fails, and lets one through now and then to see whether it is well again. Not thread-safe.</summary>
/// <remarks>
/// What waits meanwhile is not tried, so that its schedule is not used up. All of it is due when the endpoint is well again, and would throw it
/// over once more: so few requests go at once at first, and one more for each that succeeds. An endpoint that says how long it wants to be
/// left alone is not ill: it gets nothing until then, and few requests at once after it.
/// </remarks>
internal sealed class CircuitBreaker(TimeProvider time)
{
    private const int FailuresToOpen = 20;
    private const int FirstAtOnce = 2;

    /// <summary>So many at once are no longer few.</summary>
    private const int MostAtOnce = 1_000;

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(15);

    private int _failures;
    private long _since;
    private bool _isProbing;
    private long _heldSince;
    private TimeSpan _heldFor;

    public bool IsOpen { get; private set; }

    /// <summary>Requests that may be under way at once.</summary>
    public int AtOnce { get; private set; } = int.MaxValue;

    /// <summary>How long nothing is sent between two probes.</summary>
    public TimeSpan Pause { get; private set; }

    /// <summary>How long the endpoint still wants to be left alone; zero: it does not.</summary>
    public TimeSpan Held => _heldFor - time.GetElapsedTime(_heldSince) is { Ticks: > 0 } left ? left : TimeSpan.Zero;

    /// <summary>Asks for a request.</summary>
    /// <param name="isProbe">Whether it is the one that shows whether the endpoint is well.</param>
    /// <returns>Zero when it may go; the time until one may; null while another is the probe.</returns>
    public TimeSpan? TryEnter(out bool isProbe)
    {
        isProbe = false;
        var wait = Held;
        if (wait > TimeSpan.Zero)
            return wait;
        if (!IsOpen)
            return TimeSpan.Zero;
        if (_isProbing)
            return null;
        wait = Pause - time.GetElapsedTime(_since);
        if (wait > TimeSpan.Zero)
            return wait;
        isProbe = _isProbing = true;
        return TimeSpan.Zero;
    }

    /// <summary>Lets nothing go for so long, because the endpoint asks for it. What it has asked for before stays.</summary>
    public void Hold(TimeSpan wait)
    {
        if (wait > Held)
            (_heldSince, _heldFor) = (time.GetTimestamp(), wait);
        AtOnce = Math.Min(AtOnce, FirstAtOnce);
    }

    /// <summary>Takes the outcome of a request.</summary>
    /// <param name="error">What went wrong; null: nothing.</param>
    /// <param name="wasSent">False when there was none after all, or when it says nothing of the endpoint's health.</param>
    /// <param name="isProbe">As it was said when it was asked for.</param>
    public void Leave(DeliveryError? error, bool wasSent, bool isProbe)
    {
        if (isProbe)
            _isProbing = false;
        if (!wasSent)
            return;
        if (error is null)
        {
            Succeed();
            return;
        }

        _failures++;
        if (AtOnce < int.MaxValue)
            AtOnce = Math.Max(1, AtOnce / 2);
        // Those that were under way when it opened say nothing new.
        if (IsOpen ? !isProbe : _failures < FailuresToOpen)
            return;
        Pause = !IsOpen ? FirstPause : Pause * 2 < LongestPause ? Pause * 2 : LongestPause;
        _since = time.GetTimestamp();
        IsOpen = true;
    }

    /// <summary>Begins anew: the endpoint is another now, or somebody wants it tried.</summary>
    public void Reset()
    {
        Close();
        (AtOnce, _heldFor) = (int.MaxValue, TimeSpan.Zero);
    }

    private void Succeed()
    {
        AtOnce = IsOpen ? FirstAtOnce : AtOnce >= MostAtOnce ? int.MaxValue : AtOnce + 1;
        Close();
    }

    private void Close() => (_failures, Pause, IsOpen, _isProbing) = (0, TimeSpan.Zero, false, false);
}
