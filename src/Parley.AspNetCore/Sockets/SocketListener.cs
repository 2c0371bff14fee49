using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Parley.AspNetCore.Sockets;

/// <summary>Accepts connections for the web server, and shares them out among the loops.</summary>
internal sealed partial class SocketListener : IConnectionListener, ILoopHandler
{
    private const int MaxAccepted = 64;
    private const int ProtocolTcp = 6;
    private const int NoDelay = 1;
    private const int MaxAddressBytes = 128;

    private static readonly TimeSpan RetryAfterShortage = TimeSpan.FromMilliseconds(100);

    /// <summary>A server at its limit is short of something again and again.</summary>
    private static readonly TimeSpan BetweenWarnings = TimeSpan.FromMinutes(1);

    private readonly Channel<ConnectionContext> _accepted = Channel.CreateUnbounded<ConnectionContext>(new UnboundedChannelOptions { SingleReader = true });
    private readonly SocketLoops _loops;
    private readonly Socket _socket;
    private readonly MemoryPool<byte> _memory;
    private readonly bool _mayLeave;
    private readonly InlineRequests _inline;
    private readonly DescriptorReserve _reserve;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly int _descriptor;
    private readonly LoopSocket _listening;
    private readonly ITimer _retry;
    private CancellationToken _deadline;
    private bool _isShort;
    private long? _warnedAt;
    private (int Descriptor, EndPoint? Remote)? _parked;
    private volatile bool _isUnbound;
    private bool _isDisposed;

    /// <param name="socket">Listens.</param>
    /// <param name="loops">Where connections go; rented for this listener.</param>
    /// <param name="memory">Lends the pipes their blocks.</param>
    /// <param name="mayLeave">Whether WebSockets leave the web server.</param>
    /// <param name="inline">Requests that are handled on the loops' threads.</param>
    /// <param name="reserve">Descriptors that connections may not have.</param>
    /// <param name="time">Measures pauses.</param>
    /// <param name="logger">Hears when connections cannot be accepted.</param>
    public SocketListener(
        Socket socket, SocketLoops loops, MemoryPool<byte> memory, bool mayLeave, InlineRequests inline, DescriptorReserve reserve, TimeProvider time,
        ILogger logger)
    {
        (_socket, _loops, _memory, _mayLeave, _inline, _reserve, _time, _logger) = (socket, loops, memory, mayLeave, inline, reserve, time, logger);
        EndPoint = socket.LocalEndPoint!;
        _retry = time.CreateTimer(static listener => ((SocketListener)listener!).Retry(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _descriptor = (int)socket.Handle;
        // From here on the loop accepts: after a restart clients already wait.
        _listening = loops.First.Add(_descriptor, _ => this);
    }

    public EndPoint EndPoint { get; }

    public void OnReady(Readiness readiness)
    {
        for (var left = MaxAccepted; left > 0 && !_isUnbound; left--)
        {
            if (!TryAccept())
                return;
        }

        if (!_isUnbound)
            _loops.First.TryPost(this);
    }

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            return await _accepted.Reader.ReadAsync(cancellationToken);
        }
        catch (ChannelClosedException)
        {
            return null;
        }
    }

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        if (_isUnbound)
            return default;
        _isUnbound = true;
        _deadline = cancellationToken;
        _retry.Dispose();
        _loops.First.Remove(_listening);
        lock (_accepted)
        {
            _socket.Dispose();
            if (_parked is { } parked)
                _ = Libc.Close(parked.Descriptor);
            _parked = null;
        }

        _accepted.Writer.TryComplete();
        return default;
    }

    public async ValueTask DisposeAsync()
    {
        await UnbindAsync(new CancellationToken(canceled: true));
        if (!Interlocked.Exchange(ref _isDisposed, true))
        {
            await _loops.ReturnAsync(_deadline);
            _memory.Dispose();
        }
    }

    /// <returns>Whether the next may be tried at once.</returns>
    private bool TryAccept()
    {
        int descriptor;
        EndPoint? remote;
        lock (_accepted)
        {
            // Its number may be another's by now.
            if (_isUnbound)
                return false;
            (descriptor, remote) = _parked is { } parked ? (Unpark(parked.Descriptor), parked.Remote) : Accept();
            if (descriptor >= 0 && _reserve.Has(descriptor, out var limit))
            {
                // The others wait in the backlog, as they do where the system itself gives no more.
                _parked = (descriptor, remote);
                return OnShortage(static (listener, limit) => LogReserved(listener._logger, listener.EndPoint, limit), limit);
            }

            _parked = null;
        }

        if (descriptor < 0)
            return OnNotAccepted(Marshal.GetLastPInvokeError());
        Open(descriptor, remote);
        return true;
    }

    private unsafe (int Descriptor, EndPoint? Remote) Accept()
    {
        var address = stackalloc byte[MaxAddressBytes];
        var length = (uint)MaxAddressBytes;
        var descriptor = Libc.Accept(_descriptor, address, &length, Libc.NonBlocking | Libc.CloseOnExec);
        return descriptor < 0 ? (descriptor, null) : (descriptor, SocketAddresses.Read(new ReadOnlySpan<byte>(address, (int)length)));
    }

    /// <summary>Gives a connection the lowest number that is free now.</summary>
    private static int Unpark(int parked)
    {
        var descriptor = Libc.Control(parked, Libc.DuplicateAndCloseOnExec, 0);
        if (descriptor < 0)
            return parked;
        _ = Libc.Close(parked);
        return descriptor;
    }

    /// <summary>Where a connection came in: one of many addresses when all are listened at.</summary>
    private unsafe EndPoint? LocalOf(int descriptor)
    {
        if (EndPoint is IPEndPoint { Address: var address } && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any))
            return EndPoint;
        var local = stackalloc byte[MaxAddressBytes];
        var length = (uint)MaxAddressBytes;
        return Libc.LocalAddress(descriptor, local, &length) == 0 ? SocketAddresses.Read(new ReadOnlySpan<byte>(local, (int)length)) : EndPoint;
    }

    private unsafe void Open(int descriptor, EndPoint? remote)
    {
        var one = 1;
        _ = Libc.SetSocketOption(descriptor, ProtocolTcp, NoDelay, &one, sizeof(int));
        HttpConnection? connection = null;
        try
        {
            _loops.Next().Add(
                descriptor, socket => connection = new HttpConnection(socket, _memory, _mayLeave, _inline, LocalOf(descriptor), remote, _logger));
        }
        catch (IOException exception)
        {
            _ = Libc.Close(descriptor);
            LogShortage(_logger, EndPoint, exception.Message);
            return;
        }

        connection!.Start();
        if (!_accepted.Writer.TryWrite(connection))
            _ = connection.DisposeAsync().AsTask();
    }

    /// <returns>Whether the next may be tried at once.</returns>
    private bool OnNotAccepted(int error)
    {
        switch (error)
        {
            case Libc.Again:
                _isShort = false;
                return false;
            case Libc.ConnectionAborted or Libc.Interrupted:
                // The client went while it waited.
                return true;
            default:
                // No files or no memory left, or a network that is down. Those that wait are not told of again.
                return OnShortage(static (listener, error) => LogShortage(listener._logger, listener.EndPoint, SocketErrors.ToException((int)error).Message), error);
        }
    }

    private bool OnShortage(Action<SocketListener, long> warn, long what)
    {
        if (!_isShort && (_warnedAt is not { } last || _time.GetElapsedTime(last) >= BetweenWarnings))
        {
            _warnedAt = _time.GetTimestamp();
            warn(this, what);
        }

        _isShort = true;
        _retry.Change(RetryAfterShortage, Timeout.InfiniteTimeSpan);
        return false;
    }

    private void Retry()
    {
        if (!_isUnbound)
            _loops.First.TryPost(this);
    }

    [LoggerMessage(EventId = 2151, Level = LogLevel.Error, Message = "No connections can be accepted at {EndPoint} now: {Reason}. It is tried again until they can")]
    private static partial void LogShortage(ILogger logger, EndPoint endPoint, string reason);

    [LoggerMessage(EventId = 2153, Level = LogLevel.Error, Message =
        "No connections can be accepted at {EndPoint} now: this process may have {Limit} files open (RLIMIT_NOFILE), and the last ones are kept for others than connections. "
        + "Those that wait get in as others leave. Raise it: ulimit -n 65536 in a shell, LimitNOFILE=65536 in a systemd unit, --ulimit nofile=65536:65536 for a container")]
    private static partial void LogReserved(ILogger logger, EndPoint endPoint, long limit);
}
