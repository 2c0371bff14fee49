namespace Parley.Webhooks.Outbound;

/// <summary>When a failed delivery is tried again.</summary>
internal static class RetrySchedule
{
    /// <summary>Waits shorter than the schedule's that use up nothing of it.</summary>
    public const int ShortWaits = 10;

    /// <summary>What a receiver asks for that asks for less.</summary>
    public static readonly TimeSpan ShortestWait = TimeSpan.FromSeconds(1);

    private const double Jitter = 0.1;


    /// <summary>What follows a failed attempt; null when the schedule is used up.</summary>
    /// <param name="schedule">Seconds before each attempt after the first.</param>
    /// <param name="step">How many of them are used up.</param>
    /// <param name="waits">How many shorter waits there were since the schedule began, which a retry by hand has begin anew.</param>
    /// <param name="repeatsLast">Whether the last one is repeated without an end.</param>
    /// <param name="retryAfter">What the receiver asked for: obeyed exactly, with no jitter.</param>
    /// <param name="random">At least 0, less than 1.</param>
    /// <remarks>
    /// A receiver that restarts asks for a second again and again: that must not use up a schedule of days, and it must not go on for ever.
    /// </remarks>
    public static RetryStep? Next(IReadOnlyList<int> schedule, int step, int waits, bool repeatsLast, TimeSpan? retryAfter, double random)
    {
        var isRepeat = step >= schedule.Count;
        if (isRepeat && (!repeatsLast || schedule.Count == 0))
            return null;

        var seconds = schedule[isRepeat ? schedule.Count - 1 : step];
        var next = isRepeat ? step : step + 1;
        var own = new RetryStep(TimeSpan.FromSeconds(seconds * (1 - Jitter + (2 * Jitter * random))), next, waits);
        if (retryAfter is not { } asked)
            return own;
        if (asked >= TimeSpan.FromSeconds(seconds))
            return new RetryStep(asked, next, waits);
        return waits < ShortWaits ? new RetryStep(asked < ShortestWait ? ShortestWait : asked, step, waits + 1) : own;
    }
}

/// <summary>When a failed delivery is tried again, and how much of its schedule, and of the receiver's short waits, is used up then.</summary>
internal readonly record struct RetryStep(TimeSpan Delay, int Step, int Waits);
