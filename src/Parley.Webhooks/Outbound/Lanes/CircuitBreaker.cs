using Parley.Webhooks.Deliveries;

namespace Parley.Webhooks.Outbound.Lanes;

/// <summary>Stops requests to an endpoint that only fails, and lets one through now and then to see whether it is well again. Not thread-safe.</summary>
/// <remarks>What waits meanwhile is not tried, so that its schedule is not used up.</remarks>
internal sealed class CircuitBreaker(TimeProvider time)
{
    private const int FailuresToOpen = 20;
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(15);

    private int _failures;
    private TimeSpan _pause;
    private DateTimeOffset _until;
    private bool _isProbing;

    public bool IsOpen => _failures >= FailuresToOpen;

    /// <summary>How long nothing is sent between two probes.</summary>
    public TimeSpan Pause => _pause;

    /// <returns>Zero when a request may go; the time until one may; null while another is the probe.</returns>
    public TimeSpan? TryEnter()
    {
        if (!IsOpen)
            return TimeSpan.Zero;
        if (_isProbing)
            return null;
        var wait = _until - time.GetUtcNow();
        if (wait > TimeSpan.Zero)
            return wait;
        _isProbing = true;
        return TimeSpan.Zero;
    }

    /// <summary>Takes the outcome of a request; null: there was none after all.</summary>
    public void Leave(DeliveryError? error, bool wasSent)
    {
        _isProbing = false;
        if (!wasSent)
            return;
        if (error is null)
        {
            (_failures, _pause) = (0, TimeSpan.Zero);
            return;
        }

        _failures++;
        if (!IsOpen)
            return;
        _pause = _pause == TimeSpan.Zero ? FirstPause : _pause * 2 < LongestPause ? _pause * 2 : LongestPause;
        _until = time.GetUtcNow() + _pause;
    }
}
