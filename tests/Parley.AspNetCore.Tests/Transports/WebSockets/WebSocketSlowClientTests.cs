using Microsoft.Extensions.Time.Testing;
using Parley.Sessions;
using Parley.Testing;

namespace Parley.AspNetCore.Tests.Transports.WebSockets;

/// <summary>Clients that read slowly or not at all.</summary>
public abstract class WebSocketSlowClientTests(HostKind kind)
{
    private const int MaxQueuedBytes = 256 * 1024;
    private const int FrameBytes = 16 * 1024;

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task ClientThatNeverReads_IsRefusedMoreAtTheLimit_AndCutAfterTheClose()
    {
        await using var server = await StartAsync(kind);
        var (client, session) = await server.ConnectAsync(receiveBuffer: 4096);
        await using var _ = client;
        Flood(session);

        session.Connection.Close(DisconnectReason.Slow);
        _time.Advance(TimeSpan.FromSeconds(5.2));

        await session.Closed;
        await server.RequestEnded;
        await client.ReadToEndAsync();
        Assert.Equal(0, server.Limiter.Connections);
        Assert.Equal(1, session.Closes);
    }

    [Fact]
    public async Task ClientThatBeginsToRead_GetsWholeFramesInOrder_ThenTheClose()
    {
        await using var server = await StartAsync(kind);
        var (client, session) = await server.ConnectAsync(receiveBuffer: 4096);
        await using var _ = client;
        var sent = Flood(session);

        session.Connection.Close(DisconnectReason.Slow);

        var received = 0;
        RawWebSocketFrame frame;
        while ((frame = await client.ReadFrameAsync()).Opcode != RawWebSocketFrame.CloseFrame)
        {
            Assert.Equal(FrameBytes, frame.Payload.Length);
            Assert.Equal(received++, BitConverter.ToInt32(frame.Payload));
        }

        Assert.Equal((3008, "slow"), (frame.CloseCode, frame.CloseReason));
        Assert.InRange(received, 1, sent - (MaxQueuedBytes / 2 / FrameBytes)); // what still waited was dropped
        await client.SendAsync(RawWebSocketFrame.OfClose(3008));
        Assert.Empty(await client.ReadToEndAsync());
    }

    [Fact]
    public async Task ClientThatCatchesUp_GetsEverything_AndMayFallBehindAgain()
    {
        await using var server = await StartAsync(kind);
        var (client, session) = await server.ConnectAsync(receiveBuffer: 4096);
        await using var _ = client;

        for (var round = 0; round < 2; round++)
        {
            var sent = Flood(session);
            for (var i = 0; i < sent; i++)
            {
                var frame = await client.ReadFrameAsync();
                Assert.Equal((FrameBytes, i), (frame.Payload.Length, BitConverter.ToInt32(frame.Payload)));
            }
        }
    }

    [Fact]
    public async Task ClientThatPingsAndNeverReads_CostsNoMoreThanTheLimit()
    {
        await using var server = await StartAsync(kind);
        var (client, session) = await server.ConnectAsync(receiveBuffer: 4096);
        await using var _ = client;
        Flood(session);

        var ping = RawWebSocketFrame.OfPing(new string('p', 125));
        await client.SendAsync(Enumerable.Repeat(ping, 50_000).Append(RawWebSocketFrame.OfText("end")));

        Assert.Equal("end"u8.ToArray(), await session.NextMessageAsync()); // the pings were worked through
        Assert.False(session.Send(new byte[FrameBytes]));
    }

    [Fact]
    public async Task ClientThatNeverReads_AndLeaves_IsGoneAtOnce()
    {
        await using var server = await StartAsync(kind);
        var (client, session) = await server.ConnectAsync(receiveBuffer: 4096);
        await using var _ = client;
        Flood(session);

        client.ShutdownSend();

        await session.Closed;
        await server.RequestEnded;
    }

    [Fact]
    public async Task ClientThatNeverReads_AndCloses_IsGoneAfterTheTimeout()
    {
        await using var server = await StartAsync(kind);
        var (client, session) = await server.ConnectAsync(receiveBuffer: 4096);
        await using var _ = client;
        Flood(session);

        await client.SendAsync(RawWebSocketFrame.OfClose(1000));
        await session.Closed;
        _time.Advance(TimeSpan.FromSeconds(5.2));

        await server.RequestEnded;
        Assert.Equal(0, server.Limiter.Connections);
    }

    [Fact]
    public async Task OtherClients_AreNotHeldUp()
    {
        await using var server = await StartAsync(kind);
        var (slow, slowSession) = await server.ConnectAsync(receiveBuffer: 4096);
        await using var _ = slow;
        var (quick, quickSession) = await server.ConnectAsync();
        await using var _1 = quick;
        Flood(slowSession);

        for (var i = 0; i < 100; i++)
        {
            slowSession.Send(new byte[FrameBytes]);
            Assert.True(quickSession.Send(BitConverter.GetBytes(i)));
            Assert.Equal(i, BitConverter.ToInt32((await quick.ReadFrameAsync()).Payload));
        }
    }

    private Task<WebSocketServer> StartAsync(HostKind kind) => WebSocketServer.StartAsync(kind, new WebSocketServerOptions
    {
        Clients = new ClientOptions { MaxQueuedBytes = MaxQueuedBytes },
        Time = _time,
        SendBuffer = 4096,
    });

    /// <summary>Sends numbered frames until the connection takes no more.</summary>
    /// <returns>How many it took.</returns>
    private static int Flood(TestSession session)
    {
        var payload = new byte[FrameBytes];
        for (var sent = 0; sent < 1000; sent++)
        {
            BitConverter.TryWriteBytes(payload, sent);
            if (session.Send(payload)) continue;

            Assert.True(sent >= (MaxQueuedBytes / FrameBytes) - 1); // a frame has a header too
            return sent;
        }

        throw new InvalidOperationException("The connection takes whatever it gets.");
    }
}

public sealed class WebSocketSlowClientOverPipesTests() : WebSocketSlowClientTests(HostKind.Raw);
public sealed class WebSocketSlowClientOverSocketTests() : WebSocketSlowClientTests(HostKind.Socket);
public sealed class WebSocketSlowClientOverTlsTests() : WebSocketSlowClientTests(HostKind.Tls);
public sealed class WebSocketSlowClientOverStreamTests() : WebSocketSlowClientTests(HostKind.Stream);
public sealed class WebSocketSlowClientOverOwnSocketTests() : WebSocketSlowClientTests(HostKind.Own);
public sealed class WebSocketSlowClientOverIoUringTests() : WebSocketSlowClientTests(HostKind.IoUring);
