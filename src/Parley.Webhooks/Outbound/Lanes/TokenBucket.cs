namespace Parley.Webhooks.Outbound.Lanes;

/// <summary>Lets so many through a second, and so many at once. Not thread-safe.</summary>
internal sealed class TokenBucket(TimeProvider time, double tokens = 1)
{
    private double _tokens = tokens;
    private double _perSecond;
    private long _since = time.GetTimestamp();

    /// <param name="perSecond">How many, in the long run.</param>
    /// <param name="burst">How many at once after a pause; null: a second's worth, one at least.</param>
    /// <returns>Zero when one was taken, otherwise how long until there is one.</returns>
    public TimeSpan TryTake(double perSecond, double? burst = null)
    {
        var most = burst ?? Math.Max(1, perSecond);
        if (_perSecond != perSecond)
            (_perSecond, _tokens) = (perSecond, Math.Min(_tokens, most));
        var now = time.GetTimestamp();
        _tokens = Math.Min(most, _tokens + (time.GetElapsedTime(_since, now).TotalSeconds * perSecond));
        _since = now;
        if (_tokens >= 1)
        {
            _tokens--;
            return TimeSpan.Zero;
        }

        return TimeSpan.FromSeconds((1 - _tokens) / perSecond);
    }
}
