using Parley.AspNetCore.Api;

namespace Parley.AspNetCore.Configuration;

/// <summary>The rules of section <c>Parley:Api</c>.</summary>
internal static class ApiOptionsRules
{
    private const int MinKeyLength = 16;

    public static void Apply(ApiOptions options, OptionsCheck check)
    {
        if (!check.Exists(nameof(options.Keys), options.Keys))
            return;
        for (var index = 0; index < options.Keys.Count; index++)
        {
            // Nothing of a key may be shown, not even of one that is refused.
            var (name, key) = ($"{nameof(options.Keys)}:{index}", options.Keys[index]);
            if (key is null || key.Length < MinKeyLength)
                check.Report(name, null, $"has {key?.Length ?? 0} characters and must have at least {MinKeyLength}. Make one with: openssl rand -hex 32");
            else if (key.Any(static character => character is <= ' ' or > '~'))
                check.Report(name, null, "has characters that an HTTP header cannot carry. Write printable ASCII without spaces.");
        }
    }
}
