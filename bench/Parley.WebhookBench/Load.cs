namespace Parley.WebhookBench;

/// <summary>What calls took.</summary>
internal sealed record Load
{
    public List<double> Milliseconds { get; } = [];

    public TimeSpan Elapsed { get; init; }

    public double PerSecond => Milliseconds.Count / Elapsed.TotalSeconds;

    public double P50 => Percentile.Of(Milliseconds, 0.5);

    public double P99 => Percentile.Of(Milliseconds, 0.99);

    public double Most => Percentile.Of(Milliseconds, 1);
}
