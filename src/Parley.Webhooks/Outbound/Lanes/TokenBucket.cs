namespace Parley.Webhooks.Outbound.Lanes;

/// <summary>Lets so many through a second, and a second's worth at once. Not thread-safe.</summary>
internal sealed class TokenBucket(TimeProvider time)
{
    private double _tokens = 1;
    private double _perSecond;
    private long _since = time.GetTimestamp();

    /// <returns>Zero when one was taken, otherwise how long until there is one.</returns>
    public TimeSpan TryTake(int perSecond)
    {
        if (_perSecond != perSecond)
            (_perSecond, _tokens) = (perSecond, Math.Min(_tokens, perSecond));
        var now = time.GetTimestamp();
        _tokens = Math.Min(perSecond, _tokens + (time.GetElapsedTime(_since, now).TotalSeconds * perSecond));
        _since = now;
        if (_tokens >= 1)
        {
            _tokens--;
            return TimeSpan.Zero;
        }

        return TimeSpan.FromSeconds((1 - _tokens) / perSecond);
    }
}
