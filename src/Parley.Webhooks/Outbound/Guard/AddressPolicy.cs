using System.Net;
using System.Net.Sockets;

namespace Parley.Webhooks.Outbound.Guard;

/// <summary>Says which addresses requests to users' URLs may go to. By default only those that belong to the public Internet.</summary>
/// <remarks>
/// Sources: the IANA special-purpose address registries (RFC 6890), OWASP's SSRF cheat sheet. Prefixes that carry an IPv4 address inside
/// (NAT64, 6to4, Teredo, IPv4-compatible) are refused whole, since what they lead to is not for this machine to know.
/// </remarks>
internal sealed class AddressPolicy
{
    private static readonly (IPNetwork Network, string Name)[] Refused =
    [
        .. new[]
        {
            ("0.0.0.0/8", "unspecified"), ("10.0.0.0/8", "private"), ("100.64.0.0/10", "shared"), ("127.0.0.0/8", "loopback"),
            ("169.254.0.0/16", "link-local"), ("172.16.0.0/12", "private"), ("192.0.0.0/24", "reserved"), ("192.0.2.0/24", "documentation"),
            ("192.88.99.0/24", "reserved"), ("192.168.0.0/16", "private"), ("198.18.0.0/15", "benchmarking"),
            ("198.51.100.0/24", "documentation"), ("203.0.113.0/24", "documentation"), ("224.0.0.0/4", "multicast"), ("240.0.0.0/4", "reserved"),
            ("::/96", "loopback or IPv4-compatible"), ("::ffff:0:0:0/96", "IPv4-translated"), ("64:ff9b::/96", "NAT64"),
            ("64:ff9b:1::/48", "NAT64"), ("100::/64", "discard"), ("2001::/23", "reserved"), ("2001:db8::/32", "documentation"),
            ("2002::/16", "6to4"), ("3fff::/20", "documentation"), ("5f00::/16", "segment routing"), ("fc00::/7", "private"),
            ("fe80::/10", "link-local"), ("fec0::/10", "site-local"), ("ff00::/8", "multicast"),
        }.Select(static entry => (IPNetwork.Parse(entry.Item1), entry.Item2)),
    ];

    /// <summary>
    /// Where clouds hand a machine its credentials. Whoever opens a large network rarely means them, so that only their own address opens them.
    /// </summary>
    private static readonly IPNetwork[] Metadata =
    [
        .. new[]
        {
            "169.254.169.254/32", "169.254.170.2/32", "169.254.170.23/32", "fd00:ec2::254/128", "fd00:ec2::23/128", // Most clouds, and containers at AWS
            "fd20:ce::254/128", "100.100.100.200/32", "192.0.0.192/32", // Google, Alibaba, Oracle
            "168.63.129.16/32", // Azure; public by its number
            "169.254.42.42/32", "fd00:42::42/128", "169.254.0.23/32", // Scaleway, Tencent
        }.Select(IPNetwork.Parse),
    ];

    private readonly IPNetwork[] _allowed;
    private readonly HashSet<int>? _ports;
    private readonly Func<IPAddress, bool> _isOwn;

    /// <param name="allowed">Networks that may be reached though they would be refused.</param>
    /// <param name="ports">Ports that may be reached; none: all.</param>
    /// <param name="isOwn">Tells whether this machine has an address; null: it has none.</param>
    public AddressPolicy(IEnumerable<IPNetwork> allowed, IEnumerable<int> ports, Func<IPAddress, bool>? isOwn = null)
    {
        _isOwn = isOwn ?? (static _ => false);
        _allowed = [.. allowed];
        _ports = [.. ports];
        if (_ports.Count == 0)
            _ports = null;
    }

    /// <summary>Why an address may not be reached; null when it may.</summary>
    public string? WhyRefused(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        var isMetadata = Metadata.Any(network => network.Contains(address));
        if (_allowed.Any(network => network.Contains(address) && (!isMetadata || Metadata.Contains(network))))
            return null;
        if (isMetadata)
            return "cloud metadata";
        if (address.AddressFamily is AddressFamily.InterNetworkV6 && address.ScopeId != 0)
            return "scoped";
        foreach (var (network, name) in Refused)
        {
            if (network.Contains(address))
                return name;
        }

        // What listens here for neighbours only may do so on a public address.
        return _isOwn(address) ? "this machine" : null;
    }

    public bool AllowsPort(int port) => _ports?.Contains(port) ?? true;
}
