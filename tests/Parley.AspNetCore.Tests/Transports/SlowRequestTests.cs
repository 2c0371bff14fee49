using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Parley.AspNetCore.Tests.Transports.Streams;
using Parley.Protocol.Centrifuge;
using Parley.Specifications.Transports;
using Parley.Specifications.Transports.Clients;
using Parley.Testing;

namespace Parley.AspNetCore.Tests.Transports;

/// <summary>Requests that never end, as slow-loris attacks send them (fault C4).</summary>
public sealed class SlowRequestTests
{
    private const int Each = 100;

    /// <summary>Healthy clients connect within a second; a machine that runs tests side by side may take longer.</summary>
    private static readonly TimeSpan Prompt = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task RequestsThatNeverEnd_HoldNobodyUp_AndAreLetGo()
    {
        await using var host = await StreamHost.StartAsync();
        var endpoint = new IPEndPoint(IPAddress.Loopback, host.Address.Port);
        var sockets = new List<Socket>();
        foreach (var start in new[]
        {
            // In the middle of a header; in bodies; and a WebSocket that says nothing.
            "GET /connection/websocket HTTP/1.1\r\nHost: x\r\nConnection: Upgr",
            Post("/connection/http_stream"), Post("/connection/sse"), Post("/connection/long_poll"), Post("/emulation"),
            "GET /connection/websocket HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        })
        {
            for (var i = 0; i < Each; i++)
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                sockets.Add(socket);
                await socket.ConnectAsync(endpoint);
                await socket.SendAsync(Encoding.ASCII.GetBytes(start));
            }
        }

        await Eventually.BecomesAsync(() => Task.FromResult(host.Connections), static connections => connections == 4 * Each);
        var watch = Stopwatch.StartNew();
        await using var overWebSocket = new WebSocketTransportClient(host.Address, CentrifugeCodec.Json, "healthy");
        await using var overStream = new StreamTransportClient(host.Address, isEvents: false, CentrifugeCodec.Json, "healthy");
        await using var overPolls = new LongPollingTransportClient(host.Address, CentrifugeCodec.Json, "healthy");
        foreach (var client in new TransportClient[] { overWebSocket, overStream, overPolls })
        {
            await client.OpenAsync(client.Connect());
            Assert.NotNull((await client.NextReplyAsync()).Connect);
        }

        Assert.InRange(watch.Elapsed, TimeSpan.Zero, Prompt);
        // The stale time-out, and for WebSockets the time that a client has to answer the close.
        for (var second = 0; second < 17; second++)
        {
            await Drip(sockets);
            host.LetPass(seconds: 1);
        }

        await Eventually.BecomesAsync(() => Task.FromResult(host.Connections), static connections => connections <= 3);
        foreach (var socket in sockets) socket.Dispose();
    }

    private static string Post(string path) =>
        $"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{{";

    /// <summary>A byte more, which is no reason to wait longer.</summary>
    private static async Task Drip(List<Socket> sockets)
    {
        foreach (var socket in sockets.Skip(Each).Take(4 * Each))
        {
            try
            {
                await socket.SendAsync(new byte[] { (byte)' ' });
            }
            catch (SocketException)
            {
                // Let go already.
            }
        }
    }
}
