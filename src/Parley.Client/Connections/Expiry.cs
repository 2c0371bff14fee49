namespace Parley.Client.Connections;

/// <summary>When to refresh a token.</summary>
internal static class Expiry
{
    /// <summary>Before this a refresh that failed is not tried again.</summary>
    public static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan LongestLead = TimeSpan.FromSeconds(10);

    // Timers end at 49 days; a token that lives longer is refreshed sooner than needed.
    private static readonly TimeSpan LongestDelay = TimeSpan.FromDays(20);

    /// <summary>A tenth of the time that is left before its end, at most ten seconds.</summary>
    /// <param name="seconds">Until the token expires.</param>
    public static TimeSpan DelayUntilRefresh(uint seconds)
    {
        var left = TimeSpan.FromSeconds(seconds);
        var lead = left / 10 < LongestLead ? left / 10 : LongestLead;
        return left - lead < LongestDelay ? left - lead : LongestDelay;
    }
}
