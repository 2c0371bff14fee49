using Parley.AspNetCore.Api;

namespace Parley.AspNetCore.Configuration;

/// <summary>The rules of section <c>Parley:Api</c>, and of keys in other sections.</summary>
internal static class ApiOptionsRules
{
    private const int MinKeyLength = 16;

    public static void Apply(ApiOptions options, OptionsCheck check) => ApplyToKeys(options.Keys, check);

    public static void ApplyToKeys(IList<string> keys, OptionsCheck check)
    {
        if (!check.Exists(nameof(ApiOptions.Keys), keys))
            return;
        for (var index = 0; index < keys.Count; index++)
        {
            // Nothing of a key may be shown, not even of one that is refused.
            var (name, key) = ($"{nameof(ApiOptions.Keys)}:{index}", keys[index]);
            if (key is null || key.Length < MinKeyLength)
                check.Report(name, null, $"has {key?.Length ?? 0} characters and must have at least {MinKeyLength}. Make one with: openssl rand -hex 32");
            else if (key.Any(static character => character is <= ' ' or > '~'))
                check.Report(name, null, "has characters that an HTTP header cannot carry. Write printable ASCII without spaces.");
        }
    }
}
