using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;

namespace Parley.AspNetCore.Sockets;

/// <summary>A thread that waits for many sockets at once (epoll) and calls their handlers.</summary>
/// <remarks>
/// Readiness is told once, when it begins (edge-triggered): nothing is registered anew, and an idle socket costs no memory beyond itself. What
/// the handlers of one round publish is flushed at its end, so that subscribers get it in one write.
/// </remarks>
internal sealed unsafe partial class SocketLoop : IDisposable
{
    /// <summary>What is told of the descriptor that wakes the thread.</summary>
    private const ulong WakeData = ulong.MaxValue;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly ILogger _logger;
    private readonly int _number;
    private readonly int _epoll;
    private readonly int _wake;
    private readonly Lock _gate = new();
    private readonly ConcurrentQueue<ILoopHandler> _posted = new();
    private readonly Thread _thread;
    private LoopSocket?[] _sockets = new LoopSocket?[1024];
    private TaskCompletionSource? _emptied;
    private uint _generation;
    private int _count;
    private int _isWoken;
    private volatile bool _mustStop;
    private bool _hasEnded;

    /// <param name="minSendsTogether">What <see cref="MinSendsTogether"/> says.</param>
    /// <param name="logger">What goes wrong in handlers.</param>
    /// <param name="host">The loop whose thread runs this one too while there is little to do; it must be disposed later. Null: this is such a host.</param>
    public SocketLoop(int minSendsTogether, ILogger logger, SocketLoop? host = null)
    {
        MinSendsTogether = minSendsTogether;
        _logger = logger;
        _host = host;
        _number = host?.AddGuest(this) ?? 0;
        _epoll = Check(Libc.EpollCreate(Libc.CloseOnExec), "epoll_create1");
        _wake = Check(Libc.EventDescriptor(0, Libc.CloseOnExec | Libc.NonBlocking), "eventfd");
        Register(_wake, Libc.EpollIn, WakeData);
        _thread = new Thread(Run) { Name = $"Parley sockets {_number + 1}", IsBackground = true };
        _thread.UnsafeStart();
    }

    /// <summary>Sends of one round from which on they are one system call.</summary>
    public int MinSendsTogether { get; }

    /// <summary>Whether this thread runs loops.</summary>
    public static bool IsLoop => _current is not null;

    /// <summary>Whether this thread runs the loop now.</summary>
    public bool IsCurrent => _current == this;

    /// <summary>Begins to tell of a socket.</summary>
    /// <param name="descriptor">Of a socket that does not block.</param>
    /// <param name="handler">Makes its handler, which may be called before this returns.</param>
    /// <exception cref="IOException">The system has no room for it; it is still open.</exception>
    public LoopSocket Add(int descriptor, Func<LoopSocket, ILoopHandler> handler)
    {
        LoopSocket socket;
        lock (_gate)
        {
            if (descriptor >= _sockets.Length)
                Array.Resize(ref _sockets, Math.Max(descriptor + 1, _sockets.Length * 2));
            _sockets[descriptor] = socket = new LoopSocket(descriptor, this) { Generation = ++_generation & int.MaxValue };
            _count++;
        }

        socket.Handler = handler(socket);
        try
        {
            Register(
                descriptor, Libc.EpollIn | Libc.EpollOut | Libc.EpollPeerHangUp | Libc.EpollEdgeTriggered,
                ((ulong)socket.Generation << 32) | (uint)descriptor);
            return socket;
        }
        catch
        {
            Remove(socket);
            throw;
        }
    }

    /// <summary>Ends telling of a socket, which is still open.</summary>
    public void Remove(LoopSocket socket)
    {
        lock (_gate)
        {
            if (_sockets[socket.Descriptor] != socket)
                return;
            _sockets[socket.Descriptor] = null;
            if (--_count == 0)
                _emptied?.TrySetResult();
        }
    }

    /// <summary>Has a handler called on the loop's thread, soon, with <see cref="Readiness.None"/>.</summary>
    /// <returns>False when the loop has ended, and calls nobody any more.</returns>
    public bool TryPost(ILoopHandler handler)
    {
        _posted.Enqueue(handler);
        return IsCurrent || TryWake();
    }

    /// <summary>Completes when there are no sockets.</summary>
    public Task WhenEmptyAsync()
    {
        lock (_gate)
        {
            if (_count == 0)
                return Task.CompletedTask;
            if (_emptied is null or { Task.IsCompleted: true })
                _emptied = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _emptied.Task;
        }
    }

    /// <summary>Cuts all connections.</summary>
    public void AbortAll()
    {
        LoopSocket[] sockets;
        lock (_gate)
            sockets = [.. _sockets.OfType<LoopSocket>()];
        foreach (var socket in sockets)
            socket.Abort();
    }

    /// <summary>Ends the thread. The sockets are left as they are.</summary>
    public void Dispose()
    {
        if (_mustStop)
            return;
        _mustStop = true;
        TryWake();
        // Code of the application may hold the thread for ever.
        if (!_thread.Join(Patience))
            return;
        lock (_gate)
        {
            _hasEnded = true;
            _ = Libc.Close(_wake);
            _ = Libc.Close(_epoll);
        }

        CallPosted();
        _returned.Dispose();
    }

    private static int Check(int result, string call) => result >= 0
        ? result
        : throw new IOException($"{call} failed: {SocketErrors.ToException(Marshal.GetLastPInvokeError()).Message}");

    private void Register(int descriptor, uint events, ulong data)
    {
        var change = stackalloc byte[Libc.EventSize];
        BinaryPrimitives.WriteUInt32LittleEndian(new Span<byte>(change, sizeof(uint)), events);
        BinaryPrimitives.WriteUInt64LittleEndian(new Span<byte>(change + Libc.EventData, sizeof(ulong)), data);
        Check(Libc.EpollControl(_epoll, Libc.EpollAdd, descriptor, change), "epoll_ctl");
    }

    /// <returns>False when there is nobody to wake.</returns>
    private bool TryWake()
    {
        if (Interlocked.Exchange(ref _isWoken, 1) == 1 && !_mustStop)
            return true;
        lock (_gate)
        {
            // Its number may be another file's.
            if (_hasEnded)
                return false;
            var one = 1UL;
            _ = Libc.Write(_wake, (byte*)&one, sizeof(ulong));
            return true;
        }
    }

    private static Readiness ToReadiness(uint events)
    {
        const uint Both = Libc.EpollError | Libc.EpollHangUp;
        var readiness = Readiness.None;
        if ((events & (Libc.EpollIn | Libc.EpollPeerHangUp | Both)) != 0)
            readiness |= Readiness.Read;
        if ((events & (Libc.EpollOut | Both)) != 0)
            readiness |= Readiness.Write;
        return readiness;
    }

    private void Call(ILoopHandler handler, Readiness readiness)
    {
        try
        {
            handler.OnReady(readiness);
        }
        catch (Exception exception)
        {
            // The other sockets of this thread must not suffer for it.
            LogHandlerFailed(_logger, exception);
        }
    }

    [LoggerMessage(EventId = 2150, Level = LogLevel.Error, Message = "A socket's handler failed")]
    private static partial void LogHandlerFailed(ILogger logger, Exception exception);
}
