using System.Net.WebSockets;
using System.Text;
using Parley.Sessions;
using Parley.Testing;

namespace Parley.AspNetCore.Tests.Transports.WebSockets;

public abstract class WebSocketBasicsTests(HostKind kind)
{
    [Fact]
    public async Task Message_IsHandedOver_AndTheReplyComesAsOneFrame()
    {
        await using var server = await WebSocketServer.StartAsync(kind);
        var (client, session) = await server.ConnectAsync();
        await using var _ = client;

        await client.SendTextAsync("hello");

        var frame = await client.ReadFrameAsync();
        Assert.Equal(RawWebSocketFrame.TextFrame, frame.Opcode);
        Assert.Equal("hello", frame.Text);
        Assert.True(frame.IsFinal);
        Assert.False(frame.IsMasked);
        Assert.Equal("hello"u8.ToArray(), await session.NextMessageAsync());
    }

    [Fact]
    public async Task ClientCloses_ServerEchoesTheCode_AndEndsTheLink()
    {
        await using var server = await WebSocketServer.StartAsync(kind);
        var (client, session) = await server.ConnectAsync();
        await using var _ = client;

        await client.SendAsync(RawWebSocketFrame.OfClose(4321, "bye"));

        var frame = await client.ReadFrameAsync();
        Assert.Equal(4321, frame.CloseCode);
        Assert.Empty(await client.ReadToEndAsync());
        await session.Closed;
        await server.RequestEnded;
        Assert.Null(session.Breach);
        Assert.Equal(0, server.Limiter.Connections);
    }

    [Fact]
    public async Task ServerCloses_ClientGetsCodeAndReason_AndItsAnswerEndsTheLink()
    {
        await using var server = await WebSocketServer.StartAsync(kind);
        var (client, session) = await server.ConnectAsync();
        await using var _ = client;

        session.Connection.Close(DisconnectReason.ForceDisconnect);
        session.Connection.Close(DisconnectReason.Shutdown);

        var frame = await client.ReadFrameAsync();
        Assert.Equal(3503, frame.CloseCode);
        Assert.Equal("force disconnect", frame.CloseReason);
        await client.SendAsync(RawWebSocketFrame.OfClose(3503));
        Assert.Empty(await client.ReadToEndAsync());
        await session.Closed;
        await server.RequestEnded;
        Assert.True(session.Send("late"u8));
    }

    [Fact]
    public async Task DotNetClient_TalksAndCloses()
    {
        await using var server = await WebSocketServer.StartAsync(kind);
        using var client = new ClientWebSocket();
        client.Options.AddSubProtocol("centrifuge-protobuf");
        await client.ConnectAsync(new Uri($"ws://{server.Endpoint}/"), CancellationToken.None);
        var session = await server.Protocol.NextAsync();

        await client.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Binary, true, CancellationToken.None);
        var buffer = new byte[100];
        var result = await client.ReceiveAsync(buffer, CancellationToken.None);

        Assert.Equal("centrifuge-protobuf", client.SubProtocol);
        Assert.Equal(WebSocketMessageType.Binary, result.MessageType);
        Assert.Equal("hello", Encoding.UTF8.GetString(buffer, 0, result.Count));
        await client.CloseAsync(WebSocketCloseStatus.NormalClosure, "done", CancellationToken.None);
        Assert.Equal(WebSocketCloseStatus.NormalClosure, client.CloseStatus);
        await session.Closed;
    }
}

public sealed class WebSocketBasicsOverPipesTests() : WebSocketBasicsTests(HostKind.Raw);
public sealed class WebSocketBasicsOverOwnSocketTests() : WebSocketBasicsTests(HostKind.Own);
public sealed class WebSocketBasicsOverIoUringTests() : WebSocketBasicsTests(HostKind.IoUring);
