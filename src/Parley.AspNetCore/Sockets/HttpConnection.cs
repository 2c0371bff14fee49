using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

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

    private readonly CancellationTokenSource _closed = new();
    private readonly LoopSocket _socket;
    private readonly Pipe _input;
    private readonly Pipe _output;
    private readonly Duplex _pipes;
    private Socket? _view;
    private Task _sending = Task.CompletedTask;
    private bool _isTaken;

    public HttpConnection(LoopSocket socket, MemoryPool<byte> memory, bool mayLeave, EndPoint? local, EndPoint? remote)
    {
        _socket = socket;
        MemoryPool = memory;
        LocalEndPoint = local;
        RemoteEndPoint = remote;
        ConnectionClosed = _closed.Token;
        // The web server's code runs on the pool, since it may block; what it writes is sent by the thread that wrote it.
        _input = new Pipe(new PipeOptions(
            memory, PipeScheduler.ThreadPool, PipeScheduler.ThreadPool, MaxReadBytes, MaxReadBytes / 2, useSynchronizationContext: false));
        _output = new Pipe(new PipeOptions(
            memory, PipeScheduler.Inline, PipeScheduler.ThreadPool, MaxWrittenBytes, MaxWrittenBytes / 2, useSynchronizationContext: false));
        Transport = _pipes = new Duplex(_input.Reader, _output.Writer);

        Features = new FeatureCollection(16);
        Features.Set<IConnectionIdFeature>(this);
        Features.Set<IConnectionItemsFeature>(this);
        Features.Set<IConnectionTransportFeature>(this);
        Features.Set<IConnectionLifetimeFeature>(this);
        Features.Set<IConnectionEndPointFeature>(this);
        Features.Set<IConnectionSocketFeature>(this);
        Features.Set<IMemoryPoolFeature>(this);
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

    /// <summary>Begins to move bytes.</summary>
    public void Start() => _sending = SendAsync();

    public void OnReady(Readiness readiness)
    {
        if (readiness.HasFlag(Readiness.PeerIsDone))
            _isPeerDone = true;
        if (readiness.HasFlag(Readiness.Write))
            Interlocked.Exchange(ref _writable, null)?.TrySetResult();
        if (readiness.HasFlag(Readiness.Read))
            Receive();
    }

    /// <inheritdoc/>
    /// <remarks>Not where connection middleware has put something between the socket and the web server.</remarks>
    public bool CanTake => ReferenceEquals(Transport, _pipes);

    /// <inheritdoc/>
    public async ValueTask<TakenSocket> TakeAsync()
    {
        _isTaken = true;
        var stopped = StopReceivingAsync();
        // A client that did not wait for the answer may have filled the pipe, and then it is this that lets the receiver go on and stop.
        var early = TakeReceived();
        await stopped;
        var late = TakeReceived();
        _output.Reader.CancelPendingRead();
        await _sending;
        return new TakenSocket(_socket, late.Length == 0 ? early : (byte[])[.. early, .. late], _isPeerDone);
    }

    public override void Abort(ConnectionAbortedException abortReason)
    {
        if (!_isTaken)
            _socket.Abort();
        _output.Reader.CancelPendingRead();
    }

    public override async ValueTask DisposeAsync()
    {
        await _input.Reader.CompleteAsync();
        await _output.Writer.CompleteAsync();
        await _sending;
        if (!_isTaken)
        {
            await StopReceivingAsync();
            _socket.Close();
        }

        _view?.Dispose();
        _closed.Dispose();
    }

    private byte[] TakeReceived()
    {
        if (!_input.Reader.TryRead(out var read))
            return [];
        var bytes = read.Buffer.ToArray();
        _input.Reader.AdvanceTo(read.Buffer.End);
        return bytes;
    }

    private void TellClosed() => ThreadPool.UnsafeQueueUserWorkItem(
        static connection =>
        {
            try
            {
                connection._closed.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // The web server knew it already.
            }
        },
        this,
        preferLocal: false);

    private sealed class Duplex(PipeReader input, PipeWriter output) : IDuplexPipe
    {
        public PipeReader Input => input;

        public PipeWriter Output => output;
    }
}
