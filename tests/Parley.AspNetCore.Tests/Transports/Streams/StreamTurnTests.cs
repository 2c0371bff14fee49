using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging.Abstractions;
using Parley.AspNetCore.Transports;
using Parley.AspNetCore.Transports.Streams;
using Parley.Sessions;
using Parley.Timing;

namespace Parley.AspNetCore.Tests.Transports.Streams;

/// <summary>Messages beside a stream that come while another is worked on.</summary>
public sealed class StreamTurnTests : IDisposable
{
    private const int MaxQueuedBytes = 10_000;

    private readonly TimerWheel _timers = new(TimeProvider.System);
    private readonly DefaultHttpContext _context = new();
    private readonly SlowHandler _handler = new();
    private readonly StreamConnection _connection;

    public StreamTurnTests()
    {
        _context.Features.Set<IHttpRequestLifetimeFeature>(new HttpRequestLifetimeFeature());
        var client = ClientDescription.Describe(_context, LineFraming.Instance, isBinary: false, OriginVerdict.SameHost);
        _connection = new StreamConnection(StreamKind.HttpStream, _context, client, new StreamSettings
        {
            MaxQueuedBytes = MaxQueuedBytes,
            Timers = _timers,
            Logger = NullLogger.Instance,
        });
        _connection.Attach(_handler);
        // The message that opened the stream is worked on until the test lets it go.
        _ = _connection.RunAsync(new byte[1]);
    }

    [Fact]
    public async Task ManyAtOnce_AllHaveTheirTurn()
    {
        var waiting = Enumerable.Range(1, 255).Select(_ => _connection.ReceiveAsync(new byte[10])).ToArray();

        _handler.LetGo();

        Assert.All(await Task.WhenAll(waiting), Assert.Null);
        Assert.Equal(256, _handler.Sizes.Count);
    }

    [Fact]
    public async Task MoreThanMayWait_AreRefused()
    {
        var waiting = Enumerable.Range(1, 255).Select(_ => _connection.ReceiveAsync(new byte[10])).ToArray();

        Assert.Equal(429, (await _connection.ReceiveAsync(new byte[10]))?.Status);

        _handler.LetGo();
        await Task.WhenAll(waiting);
    }

    [Fact]
    public async Task AsManyBytesAsMayBeQueued_HaveTheirTurn_AndNoMore()
    {
        var waiting = _connection.ReceiveAsync(new byte[MaxQueuedBytes - 1]);
        Assert.False(waiting.IsCompleted);

        Assert.Equal(429, (await _connection.ReceiveAsync(new byte[1]))?.Status);

        _handler.LetGo();
        Assert.Null(await waiting);
    }

    public void Dispose() => _timers.Dispose();

    private sealed class SlowHandler : IProtocolHandler
    {
        private readonly TaskCompletionSource _go = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ConcurrentQueue<int> Sizes { get; } = [];

        public bool IsRefused => false;

        public void LetGo() => _go.SetResult();

        public async ValueTask ReceiveAsync(ReadOnlyMemory<byte> message)
        {
            await _go.Task;
            Sizes.Enqueue(message.Length);
        }

        public void OnPong()
        {
        }

        public Frame Farewell(DisconnectReason reason) => default;

        public void OnClosed()
        {
        }
    }
}
