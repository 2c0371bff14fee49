using System.Globalization;
using System.Net;
using Parley.Webhooks.Outbound.Guard;

namespace Parley.Webhooks.Tests.Support;

/// <summary>Addresses of each kind to which no request may go.</summary>
public static class RefusedAddresses
{
    public static TheoryData<string> All =>
    [
        "0.0.0.0",
        "0.1.2.3",
        "10.1.2.3",
        "100.64.0.1",
        "100.100.100.200",
        "127.0.0.1",
        "127.255.255.255",
        "169.254.169.254",
        "168.63.129.16",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.1",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:0.0.0.0",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "::ffff:0:127.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::1",
        "100::1",
        "2001:0:7f00:1::",
        "2001:10::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "3fff::1",
        "5f00::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fec0::1",
        "ff02::1",
        "2606:4700::1%3",
    ];

    /// <summary>A name for each of them; the resolver knows where they lead.</summary>
    public static IEnumerable<string> Names => Enumerable.Range(0, All.Count).Select(static index => $"h{index}.example");

    internal sealed class Resolver : IHostResolver
    {
        private readonly string[] _addresses = [.. All.Select(static row => row.Data)];

        public Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken) =>
            Task.FromResult<IPAddress[]>([IPAddress.Parse(_addresses[int.Parse(host[1..^".example".Length], CultureInfo.InvariantCulture)])]);
    }
}
