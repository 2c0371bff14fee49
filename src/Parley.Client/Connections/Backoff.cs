namespace Parley.Client.Connections;

/// <summary>Full jitter: any delay from none to a bound that doubles with each failure.</summary>
internal sealed class Backoff(TimeSpan min, TimeSpan max, Random random)
{
    private int _failures;

    public TimeSpan Next()
    {
        var bound = Math.Min(min.TotalMilliseconds * Math.Pow(2, _failures), max.TotalMilliseconds);
        if (bound < max.TotalMilliseconds) _failures++;
        return TimeSpan.FromMilliseconds(random.NextDouble() * bound);
    }

    public void Reset() => _failures = 0;
}
