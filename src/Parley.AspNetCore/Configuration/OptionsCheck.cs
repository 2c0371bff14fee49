using System.Globalization;

namespace Parley.AspNetCore.Configuration;

/// <summary>Collects what is wrong with the options of one section.</summary>
/// <param name="section">Key of the section, as <c>Parley:Clients</c>.</param>
/// <param name="problems">Where to.</param>
internal sealed class OptionsCheck(string section, ICollection<OptionsProblem> problems)
{
    /// <summary>The check of a section below.</summary>
    public OptionsCheck Section(string name) => new($"{section}:{name}", problems);

    public void Report(string name, string? value, string remedy) => problems.Add(new OptionsProblem($"{section}:{name}", value, remedy));

    /// <returns>Whether the value is in the range, so that it is worth comparing with others.</returns>
    public bool Range(string name, int value, int min, int max)
    {
        var isGood = value >= min && value <= max;
        if (!isGood)
            Report(name, Text(value), $"must be {Text(min)} to {Text(max)}.");
        return isGood;
    }

    /// <returns>Whether the value is in the range, so that it is worth comparing with others.</returns>
    public bool Range(string name, TimeSpan value, TimeSpan min, TimeSpan max)
    {
        var isGood = value >= min && value <= max;
        if (!isGood)
            Report(name, Text(value), $"must be {Text(min)} to {Text(max)} (hours:minutes:seconds).");
        return isGood;
    }

    public void NotNegative(string name, int value)
    {
        if (value < 0)
            Report(name, Text(value), "must be 0, which is no limit, or more.");
    }

    /// <summary>Reports an option of which only the default can be used so far.</summary>
    public void NotYet(string name, bool isSet, string value)
    {
        if (isSet)
            Report(name, value, "is not available yet. Remove the key.");
    }

    /// <summary>Reports an option that was set to null, which the configuration can do to sections and lists.</summary>
    /// <returns>Whether there is a value to check further.</returns>
    public bool Exists(string name, object? value)
    {
        if (value is null)
            Report(name, null, "is null. Remove the key for the default, or write a value.");
        return value is not null;
    }

    public static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);

    public static string Text(TimeSpan value)
    {
        var text = value.ToString("c", CultureInfo.InvariantCulture);
        return value.Ticks % TimeSpan.TicksPerSecond == 0 ? text : text.TrimEnd('0');
    }
}
