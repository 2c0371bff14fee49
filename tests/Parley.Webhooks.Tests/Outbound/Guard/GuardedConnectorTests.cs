using System.Net;
using System.Net.Sockets;
using Parley.Webhooks.Outbound.Guard;
using Parley.Webhooks.Tests.Support;

namespace Parley.Webhooks.Tests.Outbound.Guard;

/// <summary>A listener on loopback that nobody may reach.</summary>
public sealed class GuardedConnectorTests : IDisposable
{
    private readonly TcpListener _canary = new(IPAddress.Loopback, 0);

    public GuardedConnectorTests() => _canary.Start();

    private int Port => ((IPEndPoint)_canary.LocalEndpoint).Port;

    public void Dispose() => _canary.Dispose();

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("0.0.0.0")]
    [InlineData("metadata.example", "169.254.169.254")]
    [InlineData("rebind.example", "127.0.0.1")]
    [InlineData("mixed.example", "10.0.0.1", "127.0.0.1", "::1")]
    public async Task An_address_that_is_refused_is_never_connected_to(string host, params string[] addresses)
    {
        var connector = new GuardedConnector(new AddressPolicy([], []), new FixedResolver(addresses));

        var exception = await Assert.ThrowsAsync<BlockedAddressException>(
            () => connector.ConnectAsync(new DnsEndPoint(host, Port), CancellationToken.None).AsTask());

        Assert.StartsWith("blocked: ", exception.Message, StringComparison.Ordinal);
        Assert.False(_canary.Pending());
    }

    [Fact]
    public async Task Of_several_addresses_those_that_may_be_are_tried()
    {
        var connector = new GuardedConnector(
            new AddressPolicy([IPNetwork.Parse("127.0.0.0/8")], []), new FixedResolver("10.255.255.1", "127.0.0.1"));

        await using var stream = await connector.ConnectAsync(new DnsEndPoint("both.example", Port), CancellationToken.None);

        using var accepted = await _canary.AcceptTcpClientAsync();
        Assert.True(accepted.Connected);
    }

    [Fact]
    public async Task A_name_is_asked_for_once_so_that_the_answer_cannot_change()
    {
        var resolver = new FixedResolver("127.0.0.1");
        var connector = new GuardedConnector(new AddressPolicy([IPNetwork.Parse("127.0.0.0/8")], []), resolver);

        await using var stream = await connector.ConnectAsync(new DnsEndPoint("once.example", Port), CancellationToken.None);

        Assert.Equal(1, resolver.Asked);
    }

    [Fact]
    public async Task A_port_that_is_not_allowed_is_not_connected_to()
    {
        var connector = new GuardedConnector(new AddressPolicy([IPNetwork.Parse("127.0.0.0/8")], [443]), new FixedResolver("127.0.0.1"));

        await Assert.ThrowsAsync<BlockedAddressException>(() => connector.ConnectAsync(new DnsEndPoint("port.example", Port), CancellationToken.None).AsTask());

        Assert.False(_canary.Pending());
    }
}
