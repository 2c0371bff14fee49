using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Parley.Sessions;

namespace Parley.AspNetCore.Sockets;

/// <summary>A thread that waits for many sockets at once (epoll) and calls their handlers.</summary>
/// <remarks>
/// Readiness is told once, when it begins (edge-triggered): nothing is registered anew, and an idle socket costs no memory beyond itself. What
/// the handlers of one round publish is flushed at its end, so that subscribers get it in one write.
/// </remarks>
internal sealed unsafe partial class SocketLoop : IDisposable
{
    private const int MaxEvents = 256;

    [ThreadStatic]
    private static SocketLoop? _current;

    private readonly ILogger _logger;
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

    public SocketLoop(int number, ILogger logger)
    {
        _logger = logger;
        _epoll = Check(Libc.EpollCreate(Libc.CloseOnExec), "epoll_create1");
        _wake = Check(Libc.EventDescriptor(0, Libc.CloseOnExec | Libc.NonBlocking), "eventfd");
        Register(_wake, Libc.EpollIn, data: ulong.MaxValue);
        _thread = new Thread(Run) { Name = $"Parley sockets {number}", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Whether this thread is the loop's.</summary>
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
    public void Post(ILoopHandler handler)
    {
        _posted.Enqueue(handler);
        if (!IsCurrent)
            Wake();
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
        Wake();
        _thread.Join();
        _ = Libc.Close(_wake);
        _ = Libc.Close(_epoll);
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

    private void Wake()
    {
        if (Interlocked.Exchange(ref _isWoken, 1) == 1)
            return;
        var one = 1UL;
        _ = Libc.Write(_wake, (byte*)&one, sizeof(ulong));
    }

    private void Run()
    {
        _current = this;
        var events = stackalloc byte[Libc.EventSize * MaxEvents];
        while (!_mustStop)
        {
            var count = Libc.EpollWait(_epoll, events, MaxEvents, _posted.IsEmpty ? -1 : 0);
            FlushBatch.Begin();
            for (var i = 0; i < count; i++)
                Tell(new ReadOnlySpan<byte>(events + (i * Libc.EventSize), Libc.EventSize));
            CallPosted();
            FlushBatch.End();
        }
    }

    private void Tell(ReadOnlySpan<byte> told)
    {
        var data = BinaryPrimitives.ReadUInt64LittleEndian(told[Libc.EventData..]);
        if (data == ulong.MaxValue)
        {
            var value = 0UL;
            _ = Libc.Read(_wake, (byte*)&value, sizeof(ulong));
            Volatile.Write(ref _isWoken, 0);
            return;
        }

        // One that was closed in this round may have been followed by another with its descriptor.
        var sockets = Volatile.Read(ref _sockets);
        if (sockets[(int)(uint)data] is { } socket && socket.Generation == (uint)(data >> 32) && socket.Handler is { } handler)
            Call(handler, ToReadiness(BinaryPrimitives.ReadUInt32LittleEndian(told)));
    }

    private static Readiness ToReadiness(uint events)
    {
        const uint Both = Libc.EpollError | Libc.EpollHangUp;
        var readiness = Readiness.None;
        if ((events & (Libc.EpollIn | Libc.EpollPeerHangUp | Both)) != 0)
            readiness |= Readiness.Read;
        if ((events & (Libc.EpollOut | Both)) != 0)
            readiness |= Readiness.Write;
        if ((events & (Libc.EpollPeerHangUp | Both)) != 0)
            readiness |= Readiness.PeerIsDone;
        return readiness;
    }

    private void CallPosted()
    {
        // What is posted meanwhile has to wait for the sockets.
        for (var left = _posted.Count; left > 0 && _posted.TryDequeue(out var handler); left--)
            Call(handler, Readiness.None);
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
