using System.Net;
using System.Net.Sockets;
using Parley.Webhooks.Outbound.Guard;
using Parley.Webhooks.Tests.Support;

namespace Parley.Webhooks.Tests.Outbound.Guard;

public sealed class AddressPolicyTests
{
    private readonly AddressPolicy _policy = new([], []);

    [Theory]
    [MemberData(nameof(RefusedAddresses.All), MemberType = typeof(RefusedAddresses))]
    public void What_is_not_the_public_Internet_is_refused(string address) => Assert.NotNull(_policy.WhyRefused(IPAddress.Parse(address)));

    [Theory]
    [InlineData("1.1.1.1")]
    [InlineData("172.32.0.1")]
    [InlineData("100.128.0.1")]
    [InlineData("192.167.255.255")]
    [InlineData("::ffff:8.8.8.8")]
    [InlineData("2606:4700:4700::1111")]
    [InlineData("2a00:1450:4001::1")]
    public void The_public_Internet_is_not(string address) => Assert.Null(_policy.WhyRefused(IPAddress.Parse(address)));

    [Fact]
    public void An_operator_opens_networks_one_by_one()
    {
        var policy = new AddressPolicy([IPNetwork.Parse("10.1.0.0/16"), IPNetwork.Parse("fd00::/8")], []);

        Assert.Null(policy.WhyRefused(IPAddress.Parse("10.1.2.3")));
        Assert.Null(policy.WhyRefused(IPAddress.Parse("::ffff:10.1.2.3")));
        Assert.Null(policy.WhyRefused(IPAddress.Parse("fd00::1")));
        Assert.NotNull(policy.WhyRefused(IPAddress.Parse("10.2.0.1")));
        Assert.NotNull(policy.WhyRefused(IPAddress.Parse("169.254.169.254")));
    }

    [Theory]
    [InlineData("169.254.169.254", "169.254.0.0/16")]
    [InlineData("::ffff:169.254.169.254", "0.0.0.0/0")]
    [InlineData("169.254.170.2", "169.254.170.0/24")]
    [InlineData("168.63.129.16", "0.0.0.0/0")]
    [InlineData("100.100.100.200", "100.64.0.0/10")]
    [InlineData("fd00:ec2::254", "fd00::/8")]
    [InlineData("fd00:ec2::254%3", "::/0")]
    [InlineData("fd20:ce::254", "fd20:ce::254/127")]
    public void A_network_that_an_operator_opens_does_not_open_the_metadata_of_a_cloud_which_only_its_own_address_does(string metadata, string network)
    {
        var address = IPAddress.Parse(metadata);
        var own = IPNetwork.Parse(address.AddressFamily is AddressFamily.InterNetwork || address.IsIPv4MappedToIPv6
            ? $"{address.MapToIPv4()}/32"
            : $"{new IPAddress(address.GetAddressBytes())}/128");

        Assert.Equal("cloud metadata", new AddressPolicy([IPNetwork.Parse(network)], []).WhyRefused(address));
        Assert.Null(new AddressPolicy([IPNetwork.Parse(network), own], []).WhyRefused(address));
    }

    [Fact]
    public void What_this_machine_has_itself_is_refused_also_when_it_is_public_until_an_operator_opens_it()
    {
        var own = IPAddress.Parse("8.8.8.8");

        Assert.Equal("this machine", new AddressPolicy([], [], own.Equals).WhyRefused(IPAddress.Parse("::ffff:8.8.8.8")));
        Assert.Null(new AddressPolicy([], [], own.Equals).WhyRefused(IPAddress.Parse("8.8.4.4")));
        Assert.Null(new AddressPolicy([IPNetwork.Parse("8.8.8.8/32")], [], own.Equals).WhyRefused(own));
    }

    [Fact]
    public void A_machine_knows_its_own_addresses()
    {
        var own = new OwnAddresses(TimeProvider.System);
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        // Which sends nothing, and tells by which address it would be sent.
        socket.Connect(IPAddress.Loopback, 9);

        Assert.True(own.Contains(((IPEndPoint)socket.LocalEndPoint!).Address));
        Assert.False(own.Contains(IPAddress.Parse("8.8.8.8")));
    }

    [Theory]
    [InlineData("http://2130706433/")]
    [InlineData("http://0x7f000001/")]
    [InlineData("http://0177.0.0.1/")]
    [InlineData("http://017700000001/")]
    [InlineData("http://127.1/")]
    [InlineData("http://0251.0376.0251.0376/")]
    [InlineData("http://127.0.0.0x1/")]
    [InlineData("http://example.com@127.0.0.1/")]
    [InlineData("http://user:pw@example.com/")]
    [InlineData("http://127.0.0.1#@example.com/")]
    [InlineData("http://1.1.1.1 &@127.0.0.1/")]
    [InlineData("http://localhost/")]
    [InlineData("http://LOCALHOST./")]
    [InlineData("http://a.localhost/")]
    [InlineData("http://[::1]/")]
    [InlineData("http://[::ffff:127.0.0.1]/")]
    [InlineData("http://[::ffff:7f00:1]:80/")]
    [InlineData("http://[fe80::1%25eth0]/")]
    [InlineData("file:///etc/passwd")]
    [InlineData("ftp://example.com/")]
    [InlineData("gopher://example.com/")]
    [InlineData("//example.com/")]
    [InlineData("/hooks")]
    [InlineData("http://example.com/\r\nX: y")]
    [InlineData("http:\\\\127.0.0.1\\")]
    [InlineData("https://example.com/#x")]
    [InlineData("")]
    [InlineData(null)]
    public void A_URL_that_leads_elsewhere_is_refused_before_any_look_up(string? url)
    {
        Assert.False(TargetUrl.TryRead(url, _policy, httpsOnly: false, out _, out var problem));
        Assert.NotEmpty(problem);
    }

    [Theory]
    [InlineData("https://example.com/hooks?a=b")]
    [InlineData("http://example.com:8080/")]
    [InlineData("https://1.1.1.1/")]
    [InlineData("https://xn--bcher-kva.example/")]
    public void A_good_one_is_taken(string url) => Assert.True(TargetUrl.TryRead(url, _policy, httpsOnly: false, out _, out _));

    [Fact]
    public void Plain_HTTP_and_ports_can_be_forbidden()
    {
        var policy = new AddressPolicy([], [443]);

        Assert.False(TargetUrl.TryRead("http://example.com:443/", policy, httpsOnly: true, out _, out _));
        Assert.False(TargetUrl.TryRead("https://example.com:22/", policy, httpsOnly: true, out _, out _));
        Assert.True(TargetUrl.TryRead("https://example.com/", policy, httpsOnly: true, out _, out _));
    }
}
