namespace Parley.LoadTest.Comparison;

/// <summary>What the runs of one peer gave for one figure.</summary>
internal readonly record struct Sample(double Median, double Low, double High)
{
    /// <summary>Null when no run gave one.</summary>
    public static Sample? Of(IEnumerable<double> values)
    {
        double[] ordered = [.. values.Order()];
        return ordered.Length == 0
            ? null
            : new Sample((ordered[(ordered.Length - 1) / 2] + ordered[ordered.Length / 2]) / 2, ordered[0], ordered[^1]);
    }
}
