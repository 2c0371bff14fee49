using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Parley.AspNetCore.Sockets;

/// <summary>A connection as the web server sees it: two pipes, until it ends or its socket is taken out for a WebSocket.</summary>
/// <remarks>It has the features that a connection of the web server's own transport has.</remarks>
internal sealed partial class HttpConnection
    : ConnectionContext, ILoopHandler, ISocketSource, IConnectionIdFeature, IConnectionItemsFeature, IConnectionTransportFeature, IConnectionLifetimeFeature,
      IConnectionEndPointFeature, IConnectionSocketFeature, IMemoryPoolFeature
{
    // As in the web server's own transport.
    private const int MaxReadBytes = 1024 * 1024;
    private const int MaxWrittenBytes = 64 * 1024;

    // Tells the connections of this process from those of others in a log.
    private static readonly string IdPrefix = $"P{Environment.ProcessId:X}-";
    private static long _count;

    /// <summary>How long a client that is becoming a WebSocket may take for the answers to what it asked before.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _closed = new();
    private readonly TaskCompletionSource _closedTold = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ILogger _logger;
    private readonly LoopSocket _socket;
    private readonly Pipe _input;
    private readonly Pipe _output;
    private readonly Duplex _pipes;
    private Socket? _view;
    private Task _sending = Task.CompletedTask;
    private volatile bool _isLeaving;
    private bool _isTaken;
    private int _isClosedTold;
    private volatile Exception? _abortReason;

    /// <param name="socket">Its socket, which it closes unless somebody takes it.</param>
    /// <param name="memory">Lends the pipes their blocks.</param>
    /// <param name="mayLeave">Whether the socket may be taken.</param>
    /// <param name="inline">Requests that are handled on the loop's thread.</param>
    /// <param name="local">Where it was accepted.</param>
    /// <param name="remote">Where it comes from.</param>
    /// <param name="logger">Hears of callbacks that fail.</param>
    public HttpConnection(
        LoopSocket socket, MemoryPool<byte> memory, bool mayLeave, InlineRequests inline, EndPoint? local, EndPoint? remote, ILogger logger)
    {
        _socket = socket;
        _logger = logger;
        MemoryPool = memory;
        LocalEndPoint = local;
        RemoteEndPoint = remote;
        ConnectionClosed = _closed.Token;
        // The web server's code runs on the pool, since it may block, unless HttpInput knows better; what it writes is sent by the thread that wrote it.
        _input = new Pipe(new PipeOptions(
            memory, inline.IsEmpty ? PipeScheduler.ThreadPool : PipeScheduler.Inline, PipeScheduler.ThreadPool, MaxReadBytes, MaxReadBytes / 2, useSynchronizationContext: false));
        _output = new Pipe(new PipeOptions(
            memory, PipeScheduler.Inline, PipeScheduler.ThreadPool, MaxWrittenBytes, MaxWrittenBytes / 2, useSynchronizationContext: false));
        var input = inline.IsEmpty ? null : new HttpInput(_input.Reader, inline, this);
        Transport = _pipes = new Duplex(input ?? _input.Reader, _output.Writer);

        Features = new FeatureCollection(16);
        Features.Set<IConnectionIdFeature>(this);
        Features.Set<IConnectionItemsFeature>(this);
        Features.Set<IConnectionTransportFeature>(this);
        Features.Set<IConnectionLifetimeFeature>(this);
        Features.Set<IConnectionEndPointFeature>(this);
        Features.Set<IConnectionSocketFeature>(this);
        Features.Set<IMemoryPoolFeature>(this);
        if (input is not null)
            Features.Set<IInlineInput>(input);
        if (mayLeave)
            Features.Set<ISocketSource>(this);
    }

    public override string ConnectionId { get; set; } = $"{IdPrefix}{Interlocked.Increment(ref _count):X}";

    public override IFeatureCollection Features { get; }

    public override IDictionary<object, object?> Items { get; set; } = new ConnectionItems();

    public override IDuplexPipe Transport { get; set; }

    public MemoryPool<byte> MemoryPool { get; }

    /// <remarks>Made when somebody asks for it, to set an option. Belongs to this object, which gives the descriptor back.</remarks>
    public Socket Socket => _view ??= new Socket(new SafeSocketHandle(_socket.Descriptor, ownsHandle: false));

    /// <summary>Whether nothing was put between the socket and the web server.</summary>
    public bool HasOwnTransport => ReferenceEquals(Transport, _pipes);

    /// <summary>Begins to move bytes.</summary>
    public void Start() => _sending = SendAsync();

    public void OnReady(Readiness readiness)
    {
        if (readiness.HasFlag(Readiness.Write))
            Interlocked.Exchange(ref _writable, null)?.TrySetResult();
        // Without any it was this that wanted to be called again.
        if (readiness.HasFlag(Readiness.Read) || readiness is Readiness.None)
            Receive();
    }

    /// <inheritdoc/>
    /// <remarks>Not where connection middleware has put something between the socket and the web server, or the client does not read.</remarks>
    public bool CanTake => HasOwnTransport && Volatile.Read(ref _writable) is null;

    /// <inheritdoc/>
    public async ValueTask<TakenSocket> TakeAsync()
    {
        var stopped = StopReceivingAsync();
        // A client that did not wait for the answer may have filled the pipe, and then it is this that lets the receiver go on and stop.
        var early = TakeReceived();
        await stopped;
        var late = TakeReceived();
        _isLeaving = true;
        _output.Reader.CancelPendingRead();
        try
        {
            await WaitUntilSentAsync(Patience);
        }
        catch (TimeoutException)
        {
            _socket.Abort();
            await WaitUntilSentAsync(Timeout.InfiniteTimeSpan);
        }

        // Its number may soon be another's.
        Features.Set<IConnectionSocketFeature>(null);
        _isTaken = true;
        return new TakenSocket(_socket, late.Length == 0 ? early : (byte[])[.. early, .. late]);
    }

    public override void Abort(ConnectionAbortedException abortReason)
    {
        if (_isTaken)
            return;
        _abortReason = abortReason;
        _socket.Abort(isReset: true);
        _output.Reader.CancelPendingRead();
        _input.Writer.CancelPendingFlush();
    }

    public override async ValueTask DisposeAsync()
    {
        try
        {
            await _input.Reader.CompleteAsync();
            await _output.Writer.CompleteAsync();
            await WaitUntilSentAsync(Timeout.InfiniteTimeSpan);
            await StopReceivingAsync();
        }
        finally
        {
            if (!_isTaken)
                _socket.Close();
            _view?.Dispose();
        }

        TellClosed();
        await _closedTold.Task;
        _closed.Dispose();
    }

    /// <summary>Goes on on the pool: it may be the loop's thread that sends the last bytes, or one in the midst of a round, and what follows may block.</summary>
    private async Task WaitUntilSentAsync(TimeSpan patience)
    {
        await _sending.WaitAsync(patience);
        // That went on where the last bytes were sent.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
    }

    private byte[] TakeReceived()
    {
        try
        {
            if (!_input.Reader.TryRead(out var read))
                return [];
            var bytes = read.Buffer.ToArray();
            _input.Reader.AdvanceTo(read.Buffer.End);
            return bytes;
        }
        catch (Exception)
        {
            // The client is gone, as whoever takes the socket learns.
            return [];
        }
    }

    private void TellClosed()
    {
        if (Interlocked.Exchange(ref _isClosedTold, 1) == 0)
            ThreadPool.UnsafeQueueUserWorkItem(static connection => connection.CancelClosed(), this, preferLocal: false);
    }

    private void CancelClosed()
    {
        try
        {
            _closed.Cancel();
        }
        catch (Exception exception)
        {
            LogCallbackFailed(_logger, ConnectionId, exception);
        }
        finally
        {
            _closedTold.SetResult();
        }
    }

    [LoggerMessage(EventId = 2152, Level = LogLevel.Error, Message = "What was to happen at the end of connection {Connection} failed")]
    private static partial void LogCallbackFailed(ILogger logger, string connection, Exception exception);

    private sealed class Duplex(PipeReader input, PipeWriter output) : IDuplexPipe
    {
        public PipeReader Input => input;

        public PipeWriter Output => output;
    }
}
