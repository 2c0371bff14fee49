using System.Net;
using System.Net.Sockets;
using System.Text;
using Parley.Protocol.Centrifuge;
using Parley.Testing;

namespace Parley.Specifications.Transports;

public abstract partial class TransportSpecification
{
    private const int MaxMessageBytes = 4096;

    [Fact]
    public async Task A_message_of_the_largest_size_is_taken_and_one_byte_more_is_not()
    {
        var host = await StartAsync(static options => options.MaxMessageBytes = MaxMessageBytes);
        var client = await OpenAsync(host, "writer");

        // Protobuf has two lengths in front whose own size depends on what follows: byte by byte up to the limit.
        var largest = client.Publish("chat", $"\"{new string('x', MaxMessageBytes - 100)}\"");
        while (SizeOf(largest) < MaxMessageBytes)
            largest.Publish!.Data = Encoding.UTF8.GetBytes($"\"{new string('x', largest.Publish.Data.Length - 1)}\"");
        await client.SendAsync(largest);

        Assert.NotNull((await client.NextReplyAsync()).Publish);
        var tooLarge = client.Publish("chat", $"\"{new string('x', largest.Publish!.Data.Length - 1)}\"");
        if (kind == TransportKind.WebSocket)
        {
            await client.SendAsync(tooLarge);
            Assert.Equal(1009u, await client.DisconnectedAsync());
        }
        else
        {
            var refused = await Assert.ThrowsAsync<TransportRefusedException>(() => client.SendAsync(tooLarge));
            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, refused.Status);
        }

        Assert.Equal(1UL, (await host.Parley.GetHistoryAsync("chat")).Top.Offset);
    }

    [Fact]
    public async Task Subscriptions_beyond_the_limit_are_refused_and_the_others_stay()
    {
        var host = await StartAsync(static options => options.MaxChannels = 3);
        var client = await OpenAsync(host, "ann", "a", "b", "c");

        await client.SendAsync(client.Subscribe("d"));

        Assert.Equal(106u, (await client.NextReplyAsync()).Error!.Code);
        await host.PublishAsync("c", 1);
        Assert.Equal(1, (await client.NextPublicationAsync()).NumberOf());
    }

    [Fact]
    public async Task A_channel_name_of_255_bytes_is_taken_and_one_byte_more_is_not()
    {
        var host = await StartAsync();
        var client = await OpenAsync(host, "ann", new string('x', 255));

        await client.SendAsync(client.Subscribe(new string('x', 256)));

        Assert.Equal(107u, (await client.NextReplyAsync()).Error!.Code);
    }

    [Fact]
    public async Task Connections_beyond_the_limit_get_503_until_one_leaves()
    {
        var host = await StartAsync(static options => options.MaxConnections = 1);
        var clients = new List<TransportClient>();
        while (clients.Count < host.Nodes) clients.Add(await OpenAsync(host, "first"));

        var second = NewClient(host, "second");
        var refused = await Assert.ThrowsAsync<TransportRefusedException>(() => second.OpenAsync(second.Connect()));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.Status);
        foreach (var client in clients) client.Cut();
        await WhileTimePassesAsync(host, AssertNobodyIsLeftAsync(host));
        await OpenAsync(host, "third");
    }

    [Fact]
    public async Task A_connection_that_says_nothing_is_let_go_and_counts_for_nothing()
    {
        var host = await StartAsync();
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, host.NodeAddress.Port));
        await socket.SendAsync(Encoding.ASCII.GetBytes(SilentOpening));
        await Eventually.BecomesAsync(() => Task.FromResult(host.Connections), static connections => connections == 1);

        await WhileTimePassesAsync(host, AssertNobodyIsLeftAsync(host));
    }

    [Fact]
    public async Task A_client_that_does_not_read_is_closed_as_slow_and_others_do_not_notice()
    {
        const int Size = 16 * 1024;
        var host = await StartAsync(static options => options.MaxQueuedBytes = 4 * Size);
        var slow = await OpenAsync(host, "slow", "chat");
        var quick = await OpenAsync(host, "quick", "chat");
        var data = Encoding.UTF8.GetBytes($"\"{new string('x', Size)}\"");

        // The slow one's share of the system's buffers is filled before its queue is.
        var published = 0UL;
        while ((await host.Parley.GetPresenceStatsAsync("chat")).Clients == 2)
        {
            Assert.True(published < 2000, "The slow client is still there.");
            await host.Parley.PublishAsync("chat", data);
            Assert.Equal(++published, (await quick.NextPublicationAsync()).Offset);
        }

        await host.Parley.PublishAsync("chat", data);
        Assert.Equal(published + 1, (await quick.NextPublicationAsync()).Offset);
        Assert.Equal(1, (await host.Parley.GetPresenceStatsAsync("chat")).Clients);
        await AssertIsInOrderUntilItEndsAsync(slow, published);
    }

    private string SilentOpening => kind switch
    {
        TransportKind.WebSocket => "GET /connection/websocket HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        TransportKind.HttpStream => Posting("http_stream"),
        TransportKind.ServerSentEvents => Posting("sse"),
        _ => Posting("long_poll"),
    };

    private static string Posting(string path) =>
        $"POST /connection/{path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{{";

    private int SizeOf(Command command)
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        (isBinary ? CentrifugeCodec.Protobuf : CentrifugeCodec.Json).WriteCommand(output, command);
        return output.WrittenCount;
    }

    /// <summary>What a slow client still gets has no hole, and its end is told or the link is cut.</summary>
    private static async Task AssertIsInOrderUntilItEndsAsync(TransportClient slow, ulong most)
    {
        var offset = 0UL;
        try
        {
            while (await slow.NextAsync() is { } reply)
            {
                if (reply.Push?.Pub is { } publication) Assert.Equal(++offset, publication.Offset);
                else if (reply.Push?.Disconnect is { } disconnect) Assert.Equal(3008u, disconnect.Code);
            }
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException or System.Net.WebSockets.WebSocketException)
        {
            // Cut.
        }

        Assert.InRange(offset, 0UL, most - 1);
    }
}
