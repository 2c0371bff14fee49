using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Parley.AspNetCore.Configuration;

/// <summary>The keys that options are bound to, as paths below their section; <c>*</c> stands for a name or an index.</summary>
internal static class ConfigurationKeys
{
    /// <summary>The keys of an options type, with those of the types it is made of.</summary>
    [UnconditionalSuppressMessage("Trimming", "IL2070", Justification = "Parley.Server, which may be trimmed, keeps the properties of the options.")]
    public static IEnumerable<string> Of(Type options) =>
        options.GetProperties()
            .Where(static property => property.GetSetMethod() is not null)
            .SelectMany(static property => Below(property.PropertyType).Select(rest => property.Name + rest));

    private static IEnumerable<string> Below(Type type)
    {
        if (type == typeof(string) || type.IsValueType)
            return [""];
        // A list or a dictionary: the last argument is what it holds.
        if (type.IsGenericType && type.IsAssignableTo(typeof(IEnumerable)))
            return Below(type.GenericTypeArguments[^1]).Select(static rest => ":*" + rest);
        return Of(type).Select(static rest => ":" + rest);
    }
}
