using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;
using Parley.AspNetCore.Configuration;

namespace Parley.Server.Configuration;

/// <summary>Finds values that do not fit the type of their option, all at once; the framework's binder stops at the first.</summary>
internal sealed partial class ValueInspector(ICollection<OptionsProblem> problems)
{
    /// <summary>Compares a section with the options it is bound to. Keys that the options do not have are none of its business.</summary>
    public void Inspect(IConfigurationSection section, Type type)
    {
        if (IsScalar(type))
            InspectScalar(section, Nullable.GetUnderlyingType(type) ?? type);
        else if (!string.IsNullOrEmpty(section.Value))
            Report(section, IsList(type) ? ListRemedy(section) : "is a section: write keys below it, not a value.");
        else if (type.IsGenericType)
            InspectEach(section, type.GenericTypeArguments[^1]);
        else
            InspectProperties(section, type);
    }

    private void InspectEach(IConfigurationSection section, Type element)
    {
        foreach (var child in section.GetChildren())
            Inspect(child, element);
    }

    [UnconditionalSuppressMessage("Trimming", "IL2070", Justification = "ServerSettings keeps the properties of the options.")]
    private void InspectProperties(IConfigurationSection section, Type type)
    {
        foreach (var property in type.GetProperties().Where(static property => property.CanWrite))
            Inspect(section.GetSection(property.Name), property.PropertyType);
    }

    private void InspectScalar(IConfigurationSection section, Type type)
    {
        if (section.GetChildren().Any())
            Report(section, "is a single value: write it without keys or a list below it.");
        else if (section.Value is { } value && type != typeof(string) && Remedy(value, type) is { } remedy)
            Report(section, remedy);
    }

    private static string? Remedy(string value, Type type)
    {
        if (type == typeof(bool))
            return bool.TryParse(value, out _) ? null : "is neither true nor false.";

        if (type == typeof(TimeSpan))
        {
            return TimeForm().IsMatch(value) && TimeSpan.TryParseExact(value, "c", CultureInfo.InvariantCulture, out _)
                ? null
                : "is not a time. Write hours:minutes:seconds, as 00:00:25; days go in front of a dot, as 30.00:00:00.";
        }

        if (type.IsEnum)
        {
            return Enum.GetNames(type).Contains(value, StringComparer.OrdinalIgnoreCase)
                ? null
                : $"must be one of {string.Join(", ", Enum.GetNames(type))}.";
        }

        return long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            && (type != typeof(int) || number is >= int.MinValue and <= int.MaxValue)
            ? null
            : "is not a whole number. Write digits only, without a unit.";
    }

    private void Report(IConfigurationSection section, string remedy)
        => problems.Add(new(section.Path, SecretKeys.Visible(section.Path, section.Value), remedy));

    private static string ListRemedy(IConfigurationSection section)
        => $"is a list. Write [\"...\"] in a file, {section.Path.Replace(":", "__", StringComparison.Ordinal)}__0=... in the environment, "
            + $"--{section.Path}:0 ... on the command line.";

    private static bool IsList(Type type) => type.IsGenericType && type.IsAssignableTo(typeof(IEnumerable)) && type.GenericTypeArguments.Length == 1;

    private static bool IsScalar(Type type) => type.IsValueType || type == typeof(string);

    // The framework would take "25" as 25 days and "24:00:00" as 24 days: only what cannot be misread is accepted.
    [GeneratedRegex(@"^-?(\d+\.)?\d{1,2}:\d{2}:\d{2}(\.\d{1,7})?$")]
    private static partial Regex TimeForm();
}
