using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Parley.AspNetCore.Tests.Transports.WebSockets;
using Parley.Sessions;
using Parley.Testing;

namespace Parley.AspNetCore.Tests.Sockets;

/// <summary>WebSockets whose socket has left the web server.</summary>
public sealed class TakenSocketTests
{
    private static readonly AsyncLocal<object?> Ambient = new();

    [Fact]
    public async Task OpenWebSocket_KeepsNothingOfItsRequest()
    {
        var kept = new List<WeakReference>();
        await using var server = await WebSocketServer.StartAsync(HostKind.Own, new WebSocketServerOptions { Prepare = context => Remember(context, kept) });
        var (client, _) = await server.ConnectAsync();
        await using var _1 = client;
        // Kestrel uses the objects of a connection for the next one.
        var (other, _) = await server.ConnectAsync();
        await using var _2 = other;
        await client.SendTextAsync("open");
        Assert.Equal("open", (await client.ReadFrameAsync()).Text);

        await Eventually.BecomesAsync(() => Task.FromResult(Collected(kept)), static isCollected => isCollected);
        await client.SendTextAsync("still open");
        Assert.Equal("still open", (await client.ReadFrameAsync()).Text);
    }

    [Fact]
    public async Task Messages_InPiecesOfEverySize_ComeBackInOrder()
    {
        await using var server = await WebSocketServer.StartAsync(HostKind.Own);
        var (client, session) = await server.ConnectAsync();
        await using var _ = client;
        var random = new Random(5);
        var texts = Enumerable.Range(0, 300).Select(i => $"{i} {new string('x', random.Next(0, 5000))}").ToArray();
        var bytes = texts.SelectMany(static text => RawWebSocketFrame.OfText(text).ToBytes()).ToArray();

        var sending = Task.Run(async () =>
        {
            for (var at = 0; at < bytes.Length;)
            {
                var count = Math.Min(random.Next(1, 9000), bytes.Length - at);
                await client.SendAsync(bytes.AsMemory(at, count));
                at += count;
            }
        });

        foreach (var text in texts)
            Assert.Equal(text, (await client.ReadFrameAsync()).Text);
        await sending;
        Assert.Null(session.Breach);
    }

    [Fact]
    public async Task ProtocolThatWaits_KeepsItsMessageWhole_WhileOthersAreServedByTheSameThread()
    {
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await WebSocketServer.StartAsync(HostKind.Own);
        server.Protocol.OnMessage = async (session, message) =>
        {
            if (message.Span[0] == (byte)'w')
                await goOn.Task;
            session.Send(message.Span);
        };
        var waiting = new List<RawWebSocketClient>();
        for (var i = 0; i < 20; i++)
        {
            var (client, session) = await server.ConnectAsync();
            waiting.Add(client);
            await client.SendAsync(RawWebSocketFrame.OfText($"wait {i}"), RawWebSocketFrame.OfText($"behind {i}"));
            await session.NextMessageAsync();
        }

        var (other, _) = await server.ConnectAsync();
        for (var i = 0; i < 200; i++)
        {
            await other.SendTextAsync($"other {i}");
            Assert.Equal($"other {i}", (await other.ReadFrameAsync()).Text);
        }

        goOn.SetResult();
        for (var i = 0; i < waiting.Count; i++)
        {
            Assert.Equal($"wait {i}", (await waiting[i].ReadFrameAsync()).Text);
            Assert.Equal($"behind {i}", (await waiting[i].ReadFrameAsync()).Text);
            await waiting[i].DisposeAsync();
        }

        await other.DisposeAsync();
    }

    [Fact]
    public async Task ClientsThatComeAndGoWhileOthersTalk_GetNobodyElsesFrames()
    {
        await using var server = await WebSocketServer.StartAsync(HostKind.Own, new WebSocketServerOptions
        {
            Clients = new ClientOptions { HandshakesPerSecond = 0 },
        });

        await Parallel.ForEachAsync(Enumerable.Range(0, 600), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (number, _) =>
        {
            var client = await RawWebSocketClient.ConnectAsync(server.Endpoint);
            for (var i = 0; i < 5; i++)
            {
                await client.SendTextAsync($"{number} {i}");
                Assert.Equal($"{number} {i}", (await client.ReadFrameAsync()).Text);
            }

            if (number % 3 == 0)
                client.Reset();
            else
                await client.DisposeAsync();
        });

        await Eventually.BecomesAsync(() => Task.FromResult(server.Limiter.Connections), static connections => connections == 0);
    }

    [Fact]
    public async Task ConnectionMiddleware_SeesWhatAWebSocketSays()
    {
        await using var server = await WebSocketServer.StartAsync(HostKind.Own, new WebSocketServerOptions
        {
            ConfigureListen = static listen => listen.UseConnectionLogging("middleware"),
        });
        var (client, _) = await server.ConnectAsync();
        await using var _1 = client;

        await client.SendTextAsync("seen by all");

        Assert.Equal("seen by all", (await client.ReadFrameAsync()).Text);
        Assert.Contains(server.Log.Entries, static entry => entry.Text.StartsWith("WriteAsync[13]", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ClientThatGoesBeforeItIsAnswered_LeavesNothingBehind(bool isReset)
    {
        var began = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await WebSocketServer.StartAsync(HostKind.Own, new WebSocketServerOptions
        {
            Prepare = context =>
            {
                began.SetResult();
                context.RequestAborted.WaitHandle.WaitOne(Patience.Limit);
            },
        });
        var client = await RawWebSocketClient.OpenAsync(server.Endpoint);
        await client.SendAsync(RawWebSocketClient.Handshake(server.Endpoint));
        await began.Task.WaitAsync(Patience.Limit);

        if (isReset)
            client.Reset();
        else
            await client.DisposeAsync();

        await server.RequestEnded;
        await server.StopAsync(); // waits for every connection
        Assert.Equal(0, server.Limiter.Connections);
    }

    [Fact]
    public async Task ProtocolThatCannotBegin_LeavesNothingBehind()
    {
        await using var server = await WebSocketServer.StartAsync(HostKind.Own);
        server.Protocol.OnOpen = static () => throw new InvalidOperationException("cannot");
        await using var client = await RawWebSocketClient.OpenAsync(server.Endpoint);

        await client.SendAsync(RawWebSocketClient.Handshake(server.Endpoint));

        await client.ReadToEndAsync();
        await server.RequestEnded;
        await server.StopAsync();
    }

    [Fact]
    public async Task ClientThatSaysTheLastThingWithItsHandshake_IsHeardAndLetGo()
    {
        await using var server = await WebSocketServer.StartAsync(HostKind.Own);
        for (var i = 0; i < 50; i++)
        {
            await using var client = await RawWebSocketClient.OpenAsync(server.Endpoint);
            await client.SendAsync((byte[])[.. RawWebSocketClient.Handshake(server.Endpoint), .. RawWebSocketFrame.OfText("only this").ToBytes()]);
            client.ShutdownSend();

            var session = await server.Protocol.NextAsync();
            Assert.Equal("only this"u8.ToArray(), await session.NextMessageAsync());
            await session.Closed;
        }
    }

    [Fact]
    public async Task HostThatMayWaitNoLonger_CutsWhatIsOpen()
    {
        var server = await WebSocketServer.StartAsync(HostKind.Own);
        var (client, session) = await server.ConnectAsync();
        await using var _ = client;

        await server.DisposeAsync();

        Assert.Empty(await client.ReadToEndAsync());
        await session.Closed;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Remember(HttpContext context, List<WeakReference> kept)
    {
        var mine = new object();
        Ambient.Value = mine;
        context.Items["mine"] = mine;
        lock (kept)
            kept.Add(new WeakReference(mine));
    }

    private static bool Collected(List<WeakReference> kept)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return !kept[0].IsAlive;
    }
}
