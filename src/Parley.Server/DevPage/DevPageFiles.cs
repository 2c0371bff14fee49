using System.Collections.Frozen;

namespace Parley.Server.DevPage;

/// <summary>The page's files, which are part of the executable.</summary>
internal static class DevPageFiles
{
    private const string Prefix = "DevPage/";

    /// <summary>Content by path below <c>/dev/</c>.</summary>
    public static FrozenDictionary<string, byte[]> All { get; } = typeof(DevPageFiles).Assembly.GetManifestResourceNames()
        .Where(static name => name.StartsWith(Prefix, StringComparison.Ordinal))
        .ToFrozenDictionary(static name => name[Prefix.Length..].Replace('\\', '/'), Read, StringComparer.Ordinal);

    public static string ContentType(string path) => Path.GetExtension(path) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".svg" => "image/svg+xml",
        "" => "text/plain; charset=utf-8", // the licences
        _ => "application/octet-stream",
    };

    private static byte[] Read(string name)
    {
        using var resource = typeof(DevPageFiles).Assembly.GetManifestResourceStream(name)!;
        var content = new byte[resource.Length];
        resource.ReadExactly(content);
        return content;
    }
}
