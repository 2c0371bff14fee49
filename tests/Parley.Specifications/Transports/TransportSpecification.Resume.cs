using System.Net;
using Parley.Testing;

namespace Parley.Specifications.Transports;

public abstract partial class TransportSpecification
{
    private const int Points = 40;

    [Fact]
    public async Task Whatever_byte_to_the_client_is_the_last_one_nothing_is_lost_or_doubled() => await CutEverywhereAsync(TcpDirection.ToClient);

    [Fact]
    public async Task Whatever_byte_to_the_server_is_the_last_one_nothing_is_lost_or_doubled() => await CutEverywhereAsync(TcpDirection.ToServer);

    [Fact]
    public async Task A_client_that_was_away_for_longer_than_history_reaches_is_told()
    {
        var host = await StartAsync();
        await host.PublishAsync("chat", 1);
        var position = (await host.Parley.GetHistoryAsync("chat")).Top;
        for (var number = 2; number <= 110; number++)
            await host.PublishAsync("chat", number);
        var client = NewClient(host);

        await client.OpenAsync(client.Connect(), client.Subscribe("chat", new() { Offset = position.Offset, Epoch = position.Epoch }));

        await client.NextReplyAsync();
        var subscribed = (await client.NextReplyAsync()).Subscribe!;
        Assert.Equal((true, false, 110UL), (subscribed.WasRecovering, subscribed.Recovered, subscribed.Offset));
        Assert.Empty(subscribed.Publications ?? []);
    }

    /// <summary>
    /// Cuts the network after every so many bytes of the same exchange: opening, subscribing, publications, commands, their replies, polls
    /// and requests beside the stream.
    /// </summary>
    private async Task CutEverywhereAsync(TcpDirection direction)
    {
        var host = await StartAsync();
        await using var relay = new TcpRelay(new(IPAddress.Loopback, host.Address.Port));
        await new TransportExchange(host, "whole", () => NewClient(host, at: relay.Address)).RunAsync();
        var length = relay.Passed(direction);

        for (var point = 0; point < Points; point++)
        {
            relay.CutAfter(direction, (length * point / Points) + (point % 3));
            await new TransportExchange(host, $"cut{point}", () => NewClient(host, at: relay.Address)).RunAsync();
        }
    }
}
