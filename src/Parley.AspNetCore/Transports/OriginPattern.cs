using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Parley.AspNetCore.Transports;

/// <summary>An origin or a pattern of origins: scheme, host and port. Source: RFC 6454, section 6.2, ASCII form.</summary>
/// <param name="Scheme">In lower case.</param>
/// <param name="Host">In lower case; in a pattern a label may be <c>*</c>.</param>
/// <param name="Port">The default one of http and https when none is named; -1 for other schemes without a port.</param>
internal sealed record OriginPattern(string Scheme, string Host, int Port)
{
    private const int NoPort = -1;

    private static readonly SearchValues<char> LabelCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_");

    public bool IsHttp => Scheme is "http" or "https";

    /// <summary>Reads <c>scheme://host[:port]</c> and nothing more than that.</summary>
    /// <param name="text">As in an Origin header, or in the configuration.</param>
    /// <param name="allowWildcard">Whether <c>*</c> may stand for a host label.</param>
    /// <param name="origin">The parts.</param>
    public static bool TryParse(string text, bool allowWildcard, [NotNullWhen(true)] out OriginPattern? origin)
    {
        origin = null;
        var schemeEnd = text.IndexOf("://", StringComparison.Ordinal);
        if (schemeEnd <= 0) return false;

        var scheme = text[..schemeEnd].ToLowerInvariant();
        if (!char.IsAsciiLetter(scheme[0]) || !scheme.All(static c => char.IsAsciiLetterOrDigit(c) || c is '+' or '-' or '.')) return false;

        if (!TrySplitHost(text.AsSpan(schemeEnd + 3), out var host, out var port)) return false;
        if (!IsHost(host, allowWildcard)) return false;

        origin = new OriginPattern(scheme, host.ToString().ToLowerInvariant(), port ?? DefaultPort(scheme));
        return true;
    }

    /// <summary>Whether a page of this origin came from the host that it now connects to.</summary>
    /// <param name="host">The request's Host header.</param>
    public bool IsSameHost(string host)
    {
        // The scheme does not count: behind a proxy that ends TLS, the request is http and the page's origin https. The Host
        // header leaves out the default port of the scheme that the page used.
        return IsHttp && TrySplitHost(host, out var requestHost, out var port)
            && requestHost.Equals(Host, StringComparison.OrdinalIgnoreCase) && (port ?? DefaultPort(Scheme)) == Port;
    }

    /// <summary>Whether this, read as a pattern, includes an origin.</summary>
    public bool Matches(OriginPattern origin)
    {
        if (Scheme != origin.Scheme || Port != origin.Port) return false;
        if (!Host.Contains('*', StringComparison.Ordinal)) return Host == origin.Host;

        var wanted = Host.Split('.');
        var labels = origin.Host.Split('.');
        return wanted.Length == labels.Length && wanted.Zip(labels).All(static pair => pair.First == "*" || pair.First == pair.Second);
    }

    private static int DefaultPort(string scheme) => scheme switch { "http" => 80, "https" => 443, _ => NoPort };

    private static bool TrySplitHost(ReadOnlySpan<char> authority, out ReadOnlySpan<char> host, out int? port)
    {
        port = null;
        host = authority;
        var colon = authority.LastIndexOf(':');
        if (colon < 0 || authority.EndsWith("]")) return !authority.IsEmpty; // no port; the colons are those of an IPv6 address

        host = authority[..colon];
        if (!ushort.TryParse(authority[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return false;

        port = number;
        return !host.IsEmpty;
    }

    private static bool IsHost(ReadOnlySpan<char> host, bool allowWildcard)
    {
        if (host is ['[', .. var address, ']'])
            return !address.IsEmpty && address.IndexOfAnyExcept("0123456789abcdefABCDEF:.") < 0;

        foreach (var range in host.Split('.'))
        {
            var label = host[range];
            if (allowWildcard && label is "*") continue;
            if (label.IsEmpty || label.ContainsAnyExcept(LabelCharacters)) return false;
        }

        return true;
    }
}
