using System.Net;
using Parley.Testing;

namespace Parley.EndToEnd.Tests.Proxies;

/// <summary>What a proxy's configuration gets in place of what it says.</summary>
/// <param name="Server">Where Parley listens.</param>
/// <param name="Plain">Where the proxy listens without TLS.</param>
/// <param name="Secure">Where it listens with TLS.</param>
/// <param name="Certificate">Its certificate.</param>
/// <param name="Folder">For its files.</param>
internal sealed record ProxySetup(IPEndPoint Server, IPEndPoint Plain, IPEndPoint Secure, TestCertificate Certificate, string Folder)
{
    /// <summary>Writes a configuration of the folder <c>deploy</c> with replacements; each of them must have its place there.</summary>
    /// <param name="source">Below <c>deploy</c>.</param>
    /// <param name="replacements">What stands there, and what stands there here.</param>
    /// <returns>Full path of the copy.</returns>
    public string Copy(string source, params IEnumerable<(string There, string Here)> replacements)
    {
        var text = File.ReadAllText(Repository.PathOf("deploy", source));
        foreach (var (there, here) in replacements)
        {
            Assert.Contains(there, text);
            text = text.Replace(there, here, StringComparison.Ordinal);
        }

        return Write(Path.GetFileName(source), text);
    }

    /// <summary>Writes a file.</summary>
    /// <returns>Its full path.</returns>
    public string Write(string name, string text)
    {
        var path = Path.Combine(Folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
