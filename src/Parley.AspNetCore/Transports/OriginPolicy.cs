using Microsoft.Extensions.Primitives;
using Parley.Sessions;

namespace Parley.AspNetCore.Transports;

/// <summary>Decides which pages may connect, from the Origin header that browsers send and pages cannot change.</summary>
/// <remarks>
/// It keeps other sites from using what a browser holds for this one (cookies, client certificates, a place behind the
/// firewall). It authenticates nobody: everything but a browser may send what it likes.
/// </remarks>
internal sealed class OriginPolicy
{
    private readonly bool _allowsAll;
    private readonly OriginPattern[] _allowed;

    /// <param name="allowed">Values of <see cref="ClientOptions.AllowedOrigins"/>.</param>
    /// <exception cref="ArgumentException">A value is neither an origin nor a pattern of one.</exception>
    public OriginPolicy(IEnumerable<string> allowed)
    {
        var patterns = new List<OriginPattern>();
        foreach (var text in allowed)
        {
            if (text == "*")
                _allowsAll = true;
            else if (OriginPattern.TryParse(text, allowWildcard: true, out var pattern))
                patterns.Add(pattern);
            else
                throw new ArgumentException(
                    $"'{text}' is not an origin: write scheme://host[:port] without a path, as https://app.example.com.", nameof(allowed));
        }

        _allowed = [.. patterns];
    }

    /// <summary>How far a request is to be trusted.</summary>
    /// <param name="origin">The Origin header; a request without one does not come from a page.</param>
    /// <param name="host">The Host header.</param>
    public OriginVerdict Judge(StringValues origin, string host)
    {
        if (origin.Count == 0) return OriginVerdict.SameHost;
        if (origin.Count == 1 && OriginPattern.TryParse(origin.ToString(), allowWildcard: false, out var page))
        {
            if (page.IsSameHost(host)) return OriginVerdict.SameHost;
            if (Array.Exists(_allowed, pattern => pattern.Matches(page))) return OriginVerdict.Named;
        }

        return _allowsAll ? OriginVerdict.Anybody : OriginVerdict.Refused;
    }
}
