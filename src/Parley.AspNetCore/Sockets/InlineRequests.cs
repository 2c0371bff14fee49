using System.Text;

namespace Parley.AspNetCore.Sockets;

/// <summary>Knows by its first bytes which request may be handled on a loop's thread.</summary>
internal sealed class InlineRequests
{
    private readonly byte[][] _starts;

    /// <param name="paths">Exact paths of POST requests.</param>
    /// <exception cref="ArgumentException">One of them is no path.</exception>
    public InlineRequests(IEnumerable<string> paths) => _starts = [.. paths.Select(static path => path.StartsWith('/') && Ascii.IsValid(path) && !path.Contains(' ')
        ? Encoding.ASCII.GetBytes($"POST {path} ")
        : throw new ArgumentException($"InlinePaths: '{path}' is not a path, which begins with '/' and has no spaces.", nameof(paths)))];

    public bool IsEmpty => _starts.Length == 0;

    /// <summary>Whether a request that begins like this may.</summary>
    public bool Contain(ReadOnlySpan<byte> bytes)
    {
        foreach (var start in _starts)
        {
            if (bytes.StartsWith(start))
                return true;
        }

        return false;
    }
}
