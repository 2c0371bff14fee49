namespace Parley.Webhooks.Outbound;

/// <summary>When a failed delivery is tried again.</summary>
internal static class RetrySchedule
{
    private const double Jitter = 0.1;

    /// <summary>The delay before the next attempt; null when the schedule is used up.</summary>
    /// <param name="schedule">Seconds before each attempt after the first.</param>
    /// <param name="step">How many of them are used up.</param>
    /// <param name="repeatsLast">Whether the last one is repeated without an end.</param>
    /// <param name="retryAfter">What the receiver asked for: obeyed exactly, with no jitter.</param>
    /// <param name="random">At least 0, less than 1.</param>
    public static TimeSpan? Next(IReadOnlyList<int> schedule, int step, bool repeatsLast, TimeSpan? retryAfter, double random)
    {
        if (step >= schedule.Count)
        {
            if (!repeatsLast || schedule.Count == 0)
                return null;
            step = schedule.Count - 1;
        }

        return retryAfter ?? TimeSpan.FromSeconds(schedule[step] * (1 - Jitter + (2 * Jitter * random)));
    }
}
