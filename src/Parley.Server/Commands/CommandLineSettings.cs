namespace Parley.Server.Commands;

/// <summary>Configuration keys given as options, as <c>--Parley:Clients:Insecure true</c>, apart from the options proper.</summary>
/// <param name="Values">Keys and values, in the order they were given; of a key given twice, the last.</param>
/// <param name="Remaining">The arguments that are left for the commands.</param>
/// <param name="Errors">What was not understood, one sentence each.</param>
internal sealed record CommandLineSettings(
    IReadOnlyList<KeyValuePair<string, string?>> Values, IReadOnlyList<string> Remaining, IReadOnlyList<string> Errors)
{
    private static readonly string[] Sections = ["Parley", "Kestrel", "Logging"];

    /// <summary>Takes the keys out of the arguments: options with a colon in their name, which no option proper has.</summary>
    public static CommandLineSettings Split(IReadOnlyList<string> arguments)
    {
        List<KeyValuePair<string, string?>> values = [];
        List<string> remaining = [];
        List<string> errors = [];
        for (var index = 0; index < arguments.Count; index++)
        {
            var argument = arguments[index];
            if (!TryGetKey(argument, out var key, out var value))
            {
                remaining.Add(argument);
                continue;
            }

            if (value is null && index + 1 < arguments.Count && !arguments[index + 1].StartsWith("--", StringComparison.Ordinal))
                value = arguments[++index];

            var section = key[..key.IndexOf(':')];
            if (value is null)
                errors.Add($"Option '--{key}' needs a value: --{key} VALUE, or --{key}=VALUE.");
            else if (!Sections.Contains(section, StringComparer.OrdinalIgnoreCase))
                errors.Add($"Option '--{key}' is unknown: there is no section '{section}'. Sections are {string.Join(", ", Sections)}.");
            else
            {
                values.RemoveAll(pair => pair.Key.Equals(key, StringComparison.OrdinalIgnoreCase));
                values.Add(new(key, value));
            }
        }

        return new(values, remaining, errors);
    }

    private static bool TryGetKey(string argument, out string key, out string? value)
    {
        (key, value) = ("", null);
        if (!argument.StartsWith("--", StringComparison.Ordinal))
            return false;

        var equals = argument.IndexOf('=');
        key = equals < 0 ? argument[2..] : argument[2..equals];
        value = equals < 0 ? null : argument[(equals + 1)..];
        return key.IndexOf(':') > 0;
    }
}
