using System.Globalization;

namespace Parley.Server.Commands;

/// <summary>Times as the <c>token</c> command takes them.</summary>
internal static class TokenTime
{
    /// <summary>What a token says when a connection or subscription does not end: <c>expire_at</c> zero.</summary>
    public static readonly DateTimeOffset Never = DateTimeOffset.UnixEpoch;

    private const long LongestSeconds = 36_500L * 86_400;

    /// <summary>Reads a length of time: a whole number with a unit (<c>s</c>, <c>m</c>, <c>h</c>, <c>d</c>), or <c>never</c>.</summary>
    /// <exception cref="FormatException">It is neither, or not between one second and 100 years; the message continues "Option X ...".</exception>
    public static TimeSpan ParseLifetime(string text)
    {
        if (text == "never")
            return Timeout.InfiniteTimeSpan;

        long? unit = text.Length == 0 ? null : text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3_600, 'd' => 86_400, _ => null };
        return unit is not null && int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            && count > 0 && count * unit.Value <= LongestSeconds
            ? TimeSpan.FromSeconds(count * unit.Value)
            : throw new FormatException("needs a number above zero with a unit, as 90s, 15m, 1h or 7d (100 years at most); or never.");
    }

    /// <summary>Reads a moment: seconds since 1970, an ISO 8601 time, or <c>never</c>.</summary>
    /// <exception cref="FormatException">It is neither, or lies in the past; the message continues "Option X ...".</exception>
    public static DateTimeOffset ParseMoment(string text, DateTimeOffset now)
    {
        if (text is "never" or "0")
            return Never;

        const long Latest = 253_402_300_799; // the end of the year 9999
        DateTimeOffset moment;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= Latest)
            moment = DateTimeOffset.FromUnixTimeSeconds(seconds);
        else if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out moment))
            throw new FormatException("needs seconds since 1970, a time as 2030-01-31T12:00:00Z, or never.");

        return moment > now ? moment : throw new FormatException("lies in the past.");
    }
}
