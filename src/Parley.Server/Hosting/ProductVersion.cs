using System.Reflection;

namespace Parley.Server.Hosting;

/// <summary>The version of this build.</summary>
internal static class ProductVersion
{
    private static readonly string[] Parts = (typeof(ProductVersion).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0").Split('+');

    /// <summary>As <c>0.1.0</c>.</summary>
    public static string Text => Parts[0];

    /// <summary>The commit it was built from; null when it is not known.</summary>
    public static string? Commit => Parts.Length > 1 ? Parts[1] : null;
}
