using Microsoft.Extensions.Configuration;

namespace Parley.AspNetCore.Configuration;

/// <summary>Finds keys that nothing reads: most are typing errors, and the option they were meant for silently keeps its default.</summary>
internal static class UnknownConfigurationKeys
{
    private const string Any = "*";
    private const int MaxListed = 12;

    /// <summary>Looks through the section <c>Parley</c>.</summary>
    /// <param name="configuration">The whole configuration.</param>
    /// <param name="moreKeys">
    /// Keys that others than the library read, as paths below <c>Parley</c>: <c>Broker:Type</c>; <c>*</c> stands for any name or index.
    /// <see cref="ConfigurationKeys.Of"/> makes them from a type.
    /// </param>
    public static IReadOnlyList<OptionsProblem> Find(IConfiguration configuration, IEnumerable<string> moreKeys)
    {
        var known = ConfigurationKeys.Of(typeof(ParleyOptions)).Concat(moreKeys).Select(static key => key.Split(':')).ToList();
        return [.. Inspect(configuration.GetSection("Parley"), [], known)];
    }

    private static IEnumerable<OptionsProblem> Inspect(IConfigurationSection section, string[] path, List<string[]> known)
    {
        foreach (var child in section.GetChildren())
        {
            string[] childPath = [.. path, child.Key];
            var below = known.Where(key => StartsWith(key, childPath)).ToList();
            if (below.Count == 0)
            {
                yield return new OptionsProblem(child.Path, null, Remedy(section, childPath, known));
            }
            else if (below.Exists(key => key.Length > childPath.Length))
            {
                foreach (var problem in Inspect(child, childPath, known))
                    yield return problem;
            }
        }
    }

    private static bool StartsWith(string[] key, string[] path) =>
        key.Length >= path.Length && path.Zip(key).All(static pair => pair.Second == Any || Same(pair.First, pair.Second));

    // The value is not shown: it may be a secret under a misspelt name.
    private static string Remedy(IConfigurationSection parent, string[] path, List<string[]> known)
    {
        var siblings = known
            .Where(key => key.Length >= path.Length && StartsWith(key, path[..^1]) && key[path.Length - 1] != Any)
            .Select(key => key[path.Length - 1])
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .ToList();
        if (Nearest(path[^1], siblings) is { } near)
            return $"is not a key. Did you mean {parent.Path}:{near}?";

        var elsewhere = known.Find(key => Same(key[^1], path[^1])) ?? known.Find(key => key.Length == 1 && Same(key[0], path[^1]));
        if (elsewhere is not null)
            return $"is not a key. Did you mean Parley:{string.Join(':', elsewhere.Select(static part => part == Any ? "NAME" : part))}?";
        return siblings.Count == 0
            ? "is not a key. Remove it."
            : $"is not a key. Keys here are {string.Join(", ", siblings.Take(MaxListed))}{(siblings.Count > MaxListed ? " and more" : "")}.";
    }

    private static string? Nearest(string name, List<string> candidates)
    {
        var best = candidates.Select(candidate => (candidate, Distance: NameDistance.Between(name, candidate))).MinBy(static pair => pair.Distance);
        return best.candidate is not null && best.Distance <= Math.Max(1, name.Length / 3) ? best.candidate : null;
    }

    private static bool Same(string one, string other) => one.Equals(other, StringComparison.OrdinalIgnoreCase);
}
