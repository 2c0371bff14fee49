using System.Net.Sockets;
using System.Net.WebSockets;
using Parley.Protocol.Centrifuge;
using Wire = Parley.Protocol.Centrifuge;

namespace Parley.Specifications.Transports;

/// <summary>A client that publishes in turn with the application, and connects anew with its position whenever its network fails.</summary>
internal sealed class TransportExchange(ITransportHost host, string channel, Func<TransportClient> newClient)
{
    private const int Rounds = 6;
    private const int End = 1000;
    private const int MaxConnections = 4;

    private readonly List<int> _seen = [];
    private readonly List<int> _acknowledged = [];
    private Wire.StreamPosition? _position;
    private int _published;
    private int _tried;

    /// <summary>Runs until all of it is seen, and checks it.</summary>
    public async Task RunAsync()
    {
        for (var connections = 1; !_seen.Contains(End); connections++)
        {
            Assert.True(connections <= MaxConnections, $"{channel}: one cut made {connections} connections.");
            await using var client = newClient();
            try
            {
                await GoOnAsync(client);
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException or WebSocketException or SocketException)
            {
                // The cut.
            }
        }

        var all = await host.PublishedAsync(channel);
        Assert.Equal(all[..(Array.IndexOf(all, End) + 1)], _seen);
        Assert.Equal(all.Distinct(), all);
        // The application's odd ones are all there; of the client's even ones each that was acknowledged, and in order.
        Assert.Equal(Enumerable.Range(1, Rounds).Select(static round => (2 * round) - 1), all.Where(static number => number % 2 == 1));
        var own = all.Where(static number => number % 2 == 0 && number != End).ToArray();
        Assert.Equal(own.Order(), own);
        Assert.Empty(_acknowledged.Except(own));
    }

    private async Task GoOnAsync(TransportClient client)
    {
        await client.OpenAsync(client.Connect(), client.Subscribe(channel, _position));
        await ReadUntilAsync(client, static reply => reply.Subscribe is not null);
        for (var round = 1; round <= Rounds; round++)
        {
            var (theirs, ours) = ((2 * round) - 1, 2 * round);
            if (_published < theirs) await host.PublishAsync(channel, _published = theirs);
            if (_tried < ours)
            {
                _tried = ours;
                var command = client.Publish(channel, $"{ours}");
                await client.SendAsync(command);
                await ReadUntilAsync(client, reply => reply.Id == command.Id);
                _acknowledged.Add(ours);
            }

            while (!_seen.Contains(theirs)) await ReadAsync(client);
        }

        if (_published < End) await host.PublishAsync(channel, _published = End);
        while (!_seen.Contains(End)) await ReadAsync(client);
    }

    private async Task ReadUntilAsync(TransportClient client, Predicate<Reply> isIt)
    {
        while (!isIt(await ReadAsync(client)))
        {
        }
    }

    private async Task<Reply> ReadAsync(TransportClient client)
    {
        var reply = await client.NextAsync() ?? throw new IOException("The connection has ended.");
        Assert.Null(reply.Error);
        if (reply.Subscribe is { } subscribed)
        {
            Assert.Equal((_position is not null, _position is not null), (subscribed.WasRecovering, subscribed.Recovered));
            _position ??= new() { Offset = subscribed.Offset, Epoch = subscribed.Epoch };
            foreach (var publication in subscribed.Publications ?? []) Take(publication);
        }
        else if (reply.Push?.Pub is { } publication)
        {
            Take(publication);
        }

        return reply;
    }

    private void Take(Wire.Publication publication)
    {
        Assert.Equal(_position!.Offset + 1, publication.Offset);
        _position.Offset = publication.Offset;
        _seen.Add(publication.NumberOf());
    }
}
