using System.Net;
using Parley.Protocol.Centrifuge;
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

    [Fact]
    public async Task Clients_that_come_back_to_one_channel_get_what_each_of_them_missed_and_then_what_follows()
    {
        var host = await StartAsync();
        for (var number = 1; number <= 6; number++)
            await host.PublishAsync("chat", number);
        var epoch = (await host.Parley.GetHistoryAsync("chat")).Top.Epoch;
        List<TransportClient> clients = [];

        foreach (var since in new ulong[] { 2, 2, 0, 4, 0, 6 })
        {
            var (client, subscribed) = await ComeBackAsync(host, since, epoch);
            clients.Add(client);
            Assert.Equal((true, since), (subscribed.Recovered, subscribed.Offset));
            Assert.Equal(Enumerable.Range((int)since + 1, 6 - (int)since), NumbersIn(subscribed));
        }

        await host.PublishAsync("chat", 7);
        foreach (var client in clients)
            Assert.Equal(7UL, (await client.NextPublicationAsync()).Offset);
        var (_, last) = await ComeBackAsync(host, 5, epoch);
        Assert.Equal([6, 7], NumbersIn(last));
    }

    [Fact]
    public async Task What_went_from_the_history_between_two_recoveries_is_not_given_to_the_second()
    {
        var host = await StartAsync();
        for (var number = 1; number <= 3; number++)
            await host.PublishAsync("chat", number);
        var epoch = (await host.Parley.GetHistoryAsync("chat")).Top.Epoch;
        for (var i = 0; i < 3; i++)
        {
            var (_, subscribed) = await ComeBackAsync(host, 0, epoch);
            Assert.Equal([1, 2, 3], NumbersIn(subscribed));
        }

        await host.Parley.RemoveHistoryAsync("chat");

        var (_, removed) = await ComeBackAsync(host, 0, epoch);
        Assert.Equal((false, 3UL), (removed.Recovered, removed.Offset));
        Assert.Empty(NumbersIn(removed));
        await host.PublishAsync("chat", 4);
        for (var i = 0; i < 2; i++)
        {
            var (_, subscribed) = await ComeBackAsync(host, 3, epoch);
            Assert.Equal([4], NumbersIn(subscribed));
        }

        Assert.False((await ComeBackAsync(host, 2, epoch)).Subscribed.Recovered);
    }

    private static int[] NumbersIn(SubscribeResult subscribed)
    {
        var publications = subscribed.Publications ?? [];
        Assert.Equal(publications.Select(static publication => publication.NumberOf()), publications.Select(static publication => (int)publication.Offset));
        return [.. publications.Select(static publication => publication.NumberOf())];
    }

    private async Task<(TransportClient Client, SubscribeResult Subscribed)> ComeBackAsync(ITransportHost host, ulong since, string epoch)
    {
        var client = NewClient(host);
        await client.OpenAsync(client.Connect(), client.Subscribe("chat", new() { Offset = since, Epoch = epoch }));
        await client.NextReplyAsync();
        return (client, (await client.NextReplyAsync()).Subscribe!);
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
