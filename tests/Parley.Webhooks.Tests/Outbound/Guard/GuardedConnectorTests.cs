using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;
using Parley.Testing;
using Parley.Webhooks.Outbound.Guard;
using Parley.Webhooks.Tests.Support;

namespace Parley.Webhooks.Tests.Outbound.Guard;

/// <summary>A listener on loopback that nobody may reach.</summary>
public sealed class GuardedConnectorTests : IDisposable
{
    private static readonly AddressPolicy Loopback = new([IPNetwork.Parse("127.0.0.0/8")], []);

    private readonly TcpListener _canary = new(IPAddress.Loopback, 0);
    private readonly FakeTimeProvider _time = new();

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
        var connector = NewConnector(new AddressPolicy([], []), new FixedResolver(addresses));

        var exception = await Assert.ThrowsAsync<BlockedAddressException>(
            () => connector.ConnectAsync(new DnsEndPoint(host, Port), CancellationToken.None).AsTask());

        Assert.StartsWith("blocked: ", exception.Message, StringComparison.Ordinal);
        Assert.False(_canary.Pending());
    }

    [Fact]
    public async Task Of_several_addresses_those_that_may_be_are_tried()
    {
        var connector = NewConnector(Loopback, new FixedResolver("10.255.255.1", "127.0.0.1"));

        await using var stream = await connector.ConnectAsync(new DnsEndPoint("both.example", Port), CancellationToken.None);

        using var accepted = await _canary.AcceptTcpClientAsync();
        Assert.True(accepted.Connected);
    }

    [Fact]
    public async Task A_name_is_asked_for_once_so_that_the_answer_cannot_change()
    {
        var resolver = new FixedResolver("127.0.0.1");
        var connector = NewConnector(Loopback, resolver);

        await using var stream = await connector.ConnectAsync(new DnsEndPoint("once.example", Port), CancellationToken.None);

        Assert.Equal(1, resolver.Asked);
    }

    [Fact]
    public async Task A_port_that_is_not_allowed_is_not_connected_to()
    {
        var connector = NewConnector(new AddressPolicy([IPNetwork.Parse("127.0.0.0/8")], [443]), new FixedResolver("127.0.0.1"));

        await Assert.ThrowsAsync<BlockedAddressException>(() => connector.ConnectAsync(new DnsEndPoint("port.example", Port), CancellationToken.None).AsTask());

        Assert.False(_canary.Pending());
    }

    [Fact]
    public async Task An_address_that_is_silent_does_not_keep_the_next_from_being_tried()
    {
        using var silent = Listen("127.0.0.2", backlog: 0);
        using var inItsQueue = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await inItsQueue.ConnectAsync(silent.LocalEndPoint!);
        var connector = NewConnector(Loopback, new FixedResolver("127.0.0.2", "127.0.0.1"));

        var connecting = connector.ConnectAsync(new DnsEndPoint("both.example", Port), CancellationToken.None).AsTask();
        Assert.False(connecting.IsCompleted);
        Assert.False(_canary.Pending()); // the first has a lead
        _time.Advance(GuardedConnector.Lead);

        await using var stream = await connecting.WaitAsync(Patience.Limit);
        using var accepted = await _canary.AcceptTcpClientAsync();
        Assert.True(accepted.Connected);
    }

    [Fact]
    public async Task An_address_that_answers_late_is_still_taken_when_the_others_do_not()
    {
        using var silent = Listen("127.0.0.2", backlog: 0);
        using var inItsQueue = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await inItsQueue.ConnectAsync(silent.LocalEndPoint!);
        // Nobody listens on the third.
        var connector = NewConnector(Loopback, new FixedResolver("127.0.0.2", "127.0.0.3"));
        var connecting = connector.ConnectAsync(new DnsEndPoint("late.example", Port), CancellationToken.None).AsTask();
        _time.Advance(GuardedConnector.Lead);

        // With its queue empty it answers when the system asks once more.
        using var first = await silent.AcceptAsync();
        await using var stream = await connecting.WaitAsync(Patience.Limit);

        using var second = await silent.AcceptAsync();
        Assert.True(second.Connected);
    }

    [Fact]
    public async Task When_nobody_answers_the_last_refusal_is_told()
    {
        var connector = NewConnector(Loopback, new FixedResolver("127.0.0.3", "127.0.0.4"));

        var exception = await Assert.ThrowsAsync<SocketException>(() => connector.ConnectAsync(new DnsEndPoint("no.example", Port), CancellationToken.None).AsTask());

        Assert.Equal(SocketError.ConnectionRefused, exception.SocketErrorCode);
    }

    private GuardedConnector NewConnector(AddressPolicy policy, IHostResolver resolver) => new(policy, resolver, _time);

    private Socket Listen(string address, int backlog)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Parse(address), Port));
        socket.Listen(backlog);
        return socket;
    }
}
