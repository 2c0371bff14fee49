using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace Parley.Webhooks.Outbound.Guard;

/// <summary>Checks a URL that a user gives, as far as that goes without a look-up.</summary>
internal static class TargetUrl
{
    private const int MaxLength = 2048;

    /// <param name="text">What the user wrote.</param>
    /// <param name="policy">Says which literal addresses may stand in it.</param>
    /// <param name="httpsOnly">Whether plain HTTP is refused.</param>
    /// <param name="url">The URL when this returns true.</param>
    /// <param name="problem">What is wrong with it when this returns false.</param>
    public static bool TryRead(
        string? text, AddressPolicy policy, bool httpsOnly, [NotNullWhen(true)] out Uri? url, [NotNullWhen(false)] out string? problem)
    {
        problem = Check(text, policy, httpsOnly, out url);
        return problem is null;
    }

    private static string? Check(string? text, AddressPolicy policy, bool httpsOnly, out Uri? url)
    {
        url = null;
        if (string.IsNullOrEmpty(text) || text.Length > MaxLength)
            return $"must have 1 to {MaxLength} characters";
        // The system's parser brings octal, hexadecimal and short forms of addresses into the usual one.
        if (text.AsSpan().ContainsAnyInRange('\0', ' ') || !Uri.TryCreate(text, UriKind.Absolute, out var parsed))
            return "must be an absolute URL, as https://example.com/hooks";
        if (parsed.Scheme != Uri.UriSchemeHttps && (httpsOnly || parsed.Scheme != Uri.UriSchemeHttp))
            return httpsOnly ? "must begin with https://" : "must begin with https:// or http://";
        if (parsed.UserInfo.Length > 0)
            return "must not have a user name or password: configure auth";
        if (parsed.Fragment.Length > 0)
            return "must not have a fragment (#)";
        if (!policy.AllowsPort(parsed.Port))
            return $"must not have port {parsed.Port}, which is not allowed here";
        if (IPAddress.TryParse(parsed.DnsSafeHost, out var address) && policy.WhyRefused(address) is { } why)
            return $"must not lead to {address}, which is {why}";
        if (parsed.IdnHost.Length == 0 || IsLocalName(parsed.IdnHost, policy))
            return "must not lead to this machine";
        url = parsed;
        return null;
    }

    private static bool IsLocalName(string host, AddressPolicy policy)
    {
        host = host.TrimEnd('.');
        return (host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase))
            && policy.WhyRefused(IPAddress.Loopback) is not null;
    }
}
