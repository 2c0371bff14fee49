using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Parley.AspNetCore.Tests.Transports.Sending;
using Parley.AspNetCore.Transports;
using Parley.AspNetCore.Transports.WebSockets;
using Parley.Sessions;
using Parley.Testing;
using Parley.Timing;

namespace Parley.AspNetCore.Tests.Transports.WebSockets;

public abstract class WebSocketSendingTests(HostKind kind)
{
    [Fact]
    public async Task ManyThreads_FramesArriveWhole_AndEachThreadsInOrder()
    {
        const int ThreadCount = 8;
        const int FramesPerThread = 500;
        await using var server = await WebSocketServer.StartAsync(kind, new WebSocketServerOptions
        {
            Clients = new Parley.Sessions.ClientOptions { MaxQueuedBytes = 64 * 1024 * 1024 },
        });
        var (client, session) = await server.ConnectAsync();
        await using var _ = client;

        var threads = Enumerable.Range(0, ThreadCount).Select(thread => new Thread(() =>
        {
            var random = new Random(thread);
            for (var i = 0; i < FramesPerThread; i++)
            {
                var payload = new byte[8 + random.Next(2000)];
                Array.Fill(payload, (byte)(thread * i));
                BitConverter.TryWriteBytes(payload, thread);
                BitConverter.TryWriteBytes(payload.AsSpan(4), i);
                Assert.True(session.Send(payload));
            }
        })).ToArray();
        foreach (var thread in threads) thread.Start();

        var next = new int[ThreadCount];
        for (var i = 0; i < ThreadCount * FramesPerThread; i++)
        {
            var frame = await client.ReadFrameAsync();
            var thread = BitConverter.ToInt32(frame.Payload);
            Assert.Equal(next[thread]++, BitConverter.ToInt32(frame.Payload, 4));
            Assert.DoesNotContain(frame.Payload.Skip(8), value => value != (byte)(thread * (next[thread] - 1)));
        }

        foreach (var thread in threads) thread.Join();
    }

    [Fact]
    public async Task RepliesToWhatCameTogether_GoOutTogether()
    {
        var input = new Pipe();
        var output = new Pipe(new PipeOptions(useSynchronizationContext: false));
        var writer = new CountingPipeWriter(output.Writer);
        using var timers = new TimerWheel(TimeProvider.System);
        var link = new PipeLink(input.Reader, writer, new HttpRequestLifetimeFeature(), ownsPipes: false);
        var connection = Connect(link, timers, NullLogger.Instance);
        var session = Open(connection, new TestProtocol());
        var messages = Enumerable.Range(0, 100).SelectMany(static i => RawWebSocketFrame.OfText($"{i}").ToBytes());
        await input.Writer.WriteAsync(messages.ToArray());

        var running = connection.RunAsync(link, session);

        var replies = await output.Reader.ReadAtLeastAsync(100 * 3).AsTask().WaitAsync(TestSession.Patience);
        output.Reader.AdvanceTo(replies.Buffer.End);
        Assert.Equal(100, session.Messages);
        Assert.Equal(1, writer.Flushes);
        await input.Writer.CompleteAsync();
        await running.WaitAsync(TestSession.Patience);
        Assert.Equal(1, session.Closes);
    }

    [Fact]
    public async Task RepliesOfAProtocolThatWaits_GoOutBeforeItIsDone()
    {
        await using var server = await WebSocketServer.StartAsync(kind);
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        server.Protocol.OnMessage = async (session, message) =>
        {
            session.Send(message.Span);
            if (message.Span.SequenceEqual("wait"u8)) await goOn.Task;
        };
        var (client, _) = await server.ConnectAsync();
        await using var _1 = client;

        await client.SendAsync(RawWebSocketFrame.OfText("first"), RawWebSocketFrame.OfText("wait"), RawWebSocketFrame.OfText("last"));

        Assert.Equal("first", (await client.ReadFrameAsync()).Text);
        Assert.Equal("wait", (await client.ReadFrameAsync()).Text);
        goOn.SetResult();
        Assert.Equal("last", (await client.ReadFrameAsync()).Text);
    }

    [Fact]
    public async Task FailureOfAProtocolThatWaited_WhichCannotBeLogged_LeavesTheThreadItsBatches()
    {
        var input = new Pipe();
        using var timers = new TimerWheel(TimeProvider.System);
        var link = new PipeLink(input.Reader, new Pipe().Writer, new HttpRequestLifetimeFeature(), ownsPipes: false);
        var connection = Connect(link, timers, new FullLogger());
        var handling = new TaskCompletionSource(); // what waits for it goes on on the thread that fails it
        var session = Open(connection, new TestProtocol { OnMessage = (_, _) => new ValueTask(handling.Task) });
        await input.Writer.WriteAsync(RawWebSocketFrame.OfText("wait").ToBytes());

        var (running, isBatching) = await Task.Run(() =>
        {
            var running = connection.RunAsync(link, session);
            handling.SetException(new InvalidDataException("bad"));
            using var batch = FlushBatch.Begin();
            return (running, FlushBatch.Current is not null);
        });

        Assert.True(isBatching);
        await Assert.ThrowsAsync<IOException>(() => running.WaitAsync(TestSession.Patience));
        Assert.Equal(1, session.Closes);
    }

    private static WebSocketConnection Connect(WebSocketLink link, TimerWheel timers, ILogger logger) => new(
        link,
        new WebSocketSettings
        {
            MaxMessageBytes = 1024,
            MaxQueuedBytes = 1024,
            Timers = timers,
            Logger = logger,
            Pool = ArrayPool<byte>.Shared,
        });

    private static TestSession Open(WebSocketConnection connection, TestProtocol protocol) =>
        (TestSession)protocol.Open(connection, new ClientContext { Framing = WebSocketFraming.Text, IsBinary = false });

    private sealed class FullLogger : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            throw new IOException("No space left on device");
    }
}

public sealed class WebSocketSendingOverPipesTests() : WebSocketSendingTests(HostKind.Raw);
public sealed class WebSocketSendingOverSocketTests() : WebSocketSendingTests(HostKind.Socket);
public sealed class WebSocketSendingOverTlsTests() : WebSocketSendingTests(HostKind.Tls);
public sealed class WebSocketSendingOverStreamTests() : WebSocketSendingTests(HostKind.Stream);
public sealed class WebSocketSendingOverOwnSocketTests() : WebSocketSendingTests(HostKind.Own);
public sealed class WebSocketSendingOverIoUringTests() : WebSocketSendingTests(HostKind.IoUring);
public sealed class WebSocketSendingOverOwnTlsTests() : WebSocketSendingTests(HostKind.OwnTls);
