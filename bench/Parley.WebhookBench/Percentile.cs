namespace Parley.WebhookBench;

internal static class Percentile
{
    public static double Of(List<double> values, double share)
    {
        if (values.Count == 0)
            return 0;
        var sorted = values.Order().ToArray();
        return sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * share))];
    }
}
