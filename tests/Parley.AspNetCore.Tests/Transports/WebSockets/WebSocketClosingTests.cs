using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Parley.Sessions;
using Parley.Testing;

namespace Parley.AspNetCore.Tests.Transports.WebSockets;

public abstract class WebSocketClosingTests(HostKind kind)
{
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task Close_ComesBehindWhatWasEnqueued_AndItsAnswerEndsTheLink()
    {
        await using var server = await WebSocketServer.StartAsync(kind);
        var (client, session) = await server.ConnectAsync();
        await using var _ = client;

        for (var i = 0; i < 10; i++) session.Send("frame"u8);
        session.Connection.Close(DisconnectReason.NoPong);
        Assert.True(session.Send("after the close"u8));

        for (var i = 0; i < 10; i++) Assert.Equal("frame", (await client.ReadFrameAsync()).Text);
        var frame = await client.ReadFrameAsync();
        Assert.Equal((3012, "no pong"), (frame.CloseCode, frame.CloseReason));
        await client.SendAsync(RawWebSocketFrame.OfClose(3012));
        Assert.Empty(await client.ReadToEndAsync());
        await session.Closed;
        await server.RequestEnded;
        Assert.Equal(0, server.Limiter.Connections);
    }

    [Fact]
    public async Task Close_ByManyThreads_SendsOneCloseFrame()
    {
        await using var server = await WebSocketServer.StartAsync(kind);
        var (client, session) = await server.ConnectAsync();
        await using var _ = client;

        Parallel.For(0, 32, _ => session.Connection.Close(DisconnectReason.ForceReconnect));

        Assert.Equal(3011, (await client.ReadFrameAsync()).CloseCode);
        await client.SendAsync(RawWebSocketFrame.OfClose(3011));
        Assert.Empty(await client.ReadToEndAsync());
        await server.RequestEnded;
        Assert.Equal(1, session.Closes);
    }

    [Fact]
    public async Task Close_WithoutAReasonForTheClient_EndsTheLinkWithoutACloseFrame()
    {
        await using var server = await WebSocketServer.StartAsync(kind);
        var (client, session) = await server.ConnectAsync();
        await using var _ = client;

        session.Send("last"u8);
        session.Connection.Close(DisconnectReason.ConnectionClosed);

        Assert.Equal("last", (await client.ReadFrameAsync()).Text);
        Assert.Empty(await client.ReadToEndAsync());
        await session.Closed;
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(1005u)]
    [InlineData(2999u)]
    [InlineData(5000u)]
    [InlineData(70_000u)]
    public async Task Close_WithACodeThatMayNotBeSent_SaysServerError(uint code)
    {
        await using var server = await WebSocketServer.StartAsync(kind);
        var (client, session) = await server.ConnectAsync();
        await using var _ = client;

        session.Connection.Close(new DisconnectReason(code, "odd"));

        var frame = await client.ReadFrameAsync();
        Assert.Equal((3004, "odd"), (frame.CloseCode, frame.CloseReason));
    }

    [Fact]
    public async Task ClientThatDoesNotAnswerTheClose_IsCutAfterFiveSeconds()
    {
        var time = new FakeTimeProvider();
        await using var server = await WebSocketServer.StartAsync(kind, new WebSocketServerOptions { Time = time });
        var (client, session) = await server.ConnectAsync();
        await using var _ = client;

        session.Connection.Close(DisconnectReason.Stale);
        Assert.Equal(3502, (await client.ReadFrameAsync()).CloseCode);
        time.Advance(CloseTimeout - TimeSpan.FromMilliseconds(200));
        await client.SendTextAsync("is not an answer"); // and is taken without a word
        Assert.Equal(1, server.Limiter.Connections);

        time.Advance(TimeSpan.FromMilliseconds(400));

        await client.ReadToEndAsync();
        await server.RequestEnded;
        Assert.Equal(1, session.Closes);
        Assert.Equal(0, server.Limiter.Connections);
    }

    [Fact]
    public async Task MessagesAfterTheClose_AreNotHandedOver()
    {
        await using var server = await WebSocketServer.StartAsync(kind);
        var (client, session) = await server.ConnectAsync();
        await using var _ = client;

        session.Connection.Close(DisconnectReason.InvalidToken);
        await client.SendAsync(
            RawWebSocketFrame.OfText("ignored"),
            RawWebSocketFrame.OfPing("ignored"),
            new RawWebSocketFrame(3, "breaks a rule"u8.ToArray()),
            new RawWebSocketFrame(RawWebSocketFrame.BinaryFrame, new byte[200_000]),
            RawWebSocketFrame.OfClose(3500));

        Assert.Equal(3500, (await client.ReadFrameAsync()).CloseCode);
        Assert.Empty(await client.ReadToEndAsync());
        await server.RequestEnded;
        Assert.Equal(1, session.Closes);
        Assert.Equal(0, session.Messages);
    }

    [Fact]
    public async Task MessagesBehindOneThatClosed_AreNotHandedOver()
    {
        await using var server = await WebSocketServer.StartAsync(kind);
        server.Protocol.OnMessage = static (session, _) =>
        {
            session.Connection.Close(DisconnectReason.BadRequest);
            return ValueTask.CompletedTask;
        };
        var (client, session) = await server.ConnectAsync();
        await using var _ = client;

        await client.SendAsync(RawWebSocketFrame.OfText("first"), RawWebSocketFrame.OfText("second"), RawWebSocketFrame.OfPing("third"));

        Assert.Equal(3501, (await client.ReadFrameAsync()).CloseCode);
        await session.Closed;
        Assert.Equal(1, session.Messages);
    }

    [Fact]
    public async Task ClientThatVanishes_IsClosedOnce()
    {
        await using var server = await WebSocketServer.StartAsync(kind);
        var (client, session) = await server.ConnectAsync();

        client.Reset();

        await session.Closed;
        await server.RequestEnded;
        Assert.Equal(1, session.Closes);
        Assert.True(session.Send("nobody there"u8));
        session.Connection.Close(DisconnectReason.NoPong);
        Assert.Equal(0, server.Limiter.Connections);
        Assert.DoesNotContain(server.Log.Entries, static entry => entry.Level >= LogLevel.Warning);
    }

    [Fact]
    public async Task ClientThatStopsSendingWithoutAClose_IsClosed()
    {
        await using var server = await WebSocketServer.StartAsync(kind);
        var (client, session) = await server.ConnectAsync();
        await using var _ = client;

        await client.SendAsync(RawWebSocketFrame.OfText("half a mess", isFinal: false));
        client.ShutdownSend();

        await session.Closed;
        Assert.Empty(await client.ReadToEndAsync());
        await server.RequestEnded;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ProtocolThatFails_ClosesWith3004_AndTellsTheClientNothingMore(bool isAsynchronous)
    {
        await using var server = await WebSocketServer.StartAsync(kind);
        server.Protocol.OnMessage = async (_, _) =>
        {
            if (isAsynchronous) await Task.Yield();
            throw new InvalidOperationException("secret of the house");
        };
        var (client, session) = await server.ConnectAsync();
        await using var _ = client;

        await client.SendTextAsync("canary");

        var frame = await client.ReadFrameAsync();
        Assert.Equal((3004, "internal server error"), (frame.CloseCode, frame.CloseReason));
        await session.Closed;
        var entry = Assert.Single(server.Log.Ours, static entry => entry.Level == LogLevel.Error);
        Assert.Contains("secret of the house", entry.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", entry.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ProtocolThatIsStillAtWork_IsToldOfTheEndWhenItIsDone()
    {
        await using var server = await WebSocketServer.StartAsync(kind);
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        server.Protocol.OnMessage = async (_, _) => await goOn.Task;
        var (client, session) = await server.ConnectAsync();

        await client.SendTextAsync("takes long");
        await session.NextMessageAsync();
        client.Reset();
        session.Connection.Close(DisconnectReason.NoPong);
        Assert.Equal(0, session.Closes);
        goOn.SetResult();

        await session.Closed;
        await server.RequestEnded;
        Assert.Null(session.Breach);
    }

    [Fact]
    public async Task MessageInPieces_OfAClientThatVanishes_GivesItsBufferBack()
    {
        var pool = new CountingPool();
        await using var server = await WebSocketServer.StartAsync(kind, new WebSocketServerOptions { Pool = pool });
        var (client, session) = await server.ConnectAsync();

        await client.SendAsync(RawWebSocketFrame.OfText("never finished", isFinal: false), RawWebSocketFrame.OfPing("here"));
        Assert.Equal("here", (await client.ReadFrameAsync()).Text);
        Assert.Equal(1, pool.Out);
        client.Reset();

        await session.Closed;
        await server.RequestEnded;
        Assert.Equal(0, pool.Out);
    }

    [Fact]
    public async Task MessageInPieces_IsValidUntilTheProtocolIsDone_AndItsBufferIsGivenBackThen()
    {
        var pool = new CountingPool();
        await using var server = await WebSocketServer.StartAsync(kind, new WebSocketServerOptions { Pool = pool });
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        server.Protocol.OnMessage = async (session, message) =>
        {
            await goOn.Task;
            session.Send(message.Span);
        };
        var (client, session) = await server.ConnectAsync();
        await using var _ = client;

        await client.SendAsync(RawWebSocketFrame.OfText("in ", isFinal: false), RawWebSocketFrame.OfContinuation("pieces"));
        await session.NextMessageAsync();
        Assert.Equal(1, pool.Out);
        goOn.SetResult();

        Assert.Equal("in pieces", (await client.ReadFrameAsync()).Text);
        await client.SendAsync(RawWebSocketFrame.OfPing("done?"));
        Assert.Equal("done?", (await client.ReadFrameAsync()).Text);
        Assert.Equal(0, pool.Out);
    }

    [Fact]
    public async Task HostThatStops_LetsTheConnectionWorkUntilItIsClosed()
    {
        await using var server = await WebSocketServer.StartAsync(kind);
        var (client, session) = await server.ConnectAsync();
        await using var _ = client;

        var stopping = server.StopAsync();
        await client.SendTextAsync("still there?");
        Assert.Equal("still there?", (await client.ReadFrameAsync()).Text);
        Assert.False(stopping.IsCompleted);
        session.Connection.Close(DisconnectReason.Shutdown);
        Assert.Equal(3001, (await client.ReadFrameAsync()).CloseCode);
        await client.SendAsync(RawWebSocketFrame.OfClose(3001));

        Assert.Empty(await client.ReadToEndAsync());
        await stopping;
        Assert.DoesNotContain(server.Log.Entries, static entry => entry.Level >= LogLevel.Warning);
    }
}

public sealed class WebSocketClosingOverPipesTests() : WebSocketClosingTests(HostKind.Raw);
public sealed class WebSocketClosingOverSocketTests() : WebSocketClosingTests(HostKind.Socket);
public sealed class WebSocketClosingOverTlsTests() : WebSocketClosingTests(HostKind.Tls);
public sealed class WebSocketClosingOverStreamTests() : WebSocketClosingTests(HostKind.Stream);
public sealed class WebSocketClosingOverOwnSocketTests() : WebSocketClosingTests(HostKind.Own);
public sealed class WebSocketClosingOverIoUringTests() : WebSocketClosingTests(HostKind.IoUring);
public sealed class WebSocketClosingOverOwnTlsTests() : WebSocketClosingTests(HostKind.OwnTls);
