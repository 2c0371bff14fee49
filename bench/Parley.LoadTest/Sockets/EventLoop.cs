using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Parley.LoadTest.Sockets;

/// <summary>One epoll set, one thread, one receive buffer for all connections.</summary>
internal sealed unsafe class EventLoop : IDisposable
{
    /// <summary>The longest message that can be received.</summary>
    public const int BufferSize = 1024 * 1024;

    private const int EventsPerPoll = 512;

    // struct epoll_event is packed on x64 and naturally aligned elsewhere.
    private static readonly int DataOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;

    private readonly int _epoll = Libc.EpollCreate(Libc.SockCloseOnExec);
    private readonly byte* _buffer = (byte*)NativeMemory.Alloc(BufferSize);
    private readonly byte* _events = (byte*)NativeMemory.Alloc(EventsPerPoll * 16);
    private readonly List<SocketHandler?> _handlers = [];
    private readonly Stack<int> _freeSlots = new();
    private byte[]? _plainText;
    private bool _precise = true;

    public byte* Buffer => _buffer;

    /// <summary>Where connections with TLS put what they decrypted, as long as it takes to handle it.</summary>
    public byte[] PlainText => _plainText ??= GC.AllocateUninitializedArray<byte>(BufferSize);

    /// <summary>Begins to report a descriptor's events to a handler; the result names the registration.</summary>
    public int Add(int descriptor, SocketHandler handler, int events)
    {
        if (!_freeSlots.TryPop(out var slot))
        {
            slot = _handlers.Count;
            _handlers.Add(null);
        }

        _handlers[slot] = handler;
        Control(Libc.EpollAdd, descriptor, slot, events);
        return slot;
    }

    public void Change(int descriptor, int slot, int events) => Control(Libc.EpollModify, descriptor, slot, events);

    public void Remove(int descriptor, int slot)
    {
        Control(Libc.EpollDelete, descriptor, slot, 0);
        _handlers[slot] = null;
        _freeSlots.Push(slot);
    }

    /// <summary>Waits for events until a time of <see cref="Stopwatch.GetTimestamp"/> and handles one batch of them.</summary>
    public void Poll(long until)
    {
        var count = Wait(Math.Max(0, until - Stopwatch.GetTimestamp()));
        var stride = DataOffset + 8;
        for (var i = 0; i < count; i++)
        {
            var item = _events + (i * stride);
            var events = *(int*)item;
            if (_handlers[(int)*(long*)(item + DataOffset)] is not { } handler)
                continue; // closed by a handler earlier in this batch

            if ((events & Libc.EpollOut) != 0)
                handler.OnWritable();

            if ((events & ~Libc.EpollOut) != 0 && !handler.IsClosed)
                handler.OnReadable();
        }
    }

    public void Dispose()
    {
        _ = Libc.Close(_epoll);
        NativeMemory.Free(_buffer);
        NativeMemory.Free(_events);
    }

    private int Wait(long ticks)
    {
        int count;
        if (_precise)
        {
            var nanoseconds = (long)(ticks * (1e9 / Stopwatch.Frequency));
            var time = new Libc.TimeSpec { Seconds = nanoseconds / 1_000_000_000, Nanoseconds = nanoseconds % 1_000_000_000 };
            try
            {
                count = Libc.EpollWaitPrecisely(_epoll, _events, EventsPerPoll, &time, null);
                _precise = count >= 0 || Marshal.GetLastPInvokeError() != Libc.ErrorNotImplemented;
            }
            catch (EntryPointNotFoundException)
            {
                _precise = false; // a C library from before 2022
                count = 0;
            }
        }
        else
        {
            count = Libc.EpollWait(_epoll, _events, EventsPerPoll, (int)(ticks * 1000 / Stopwatch.Frequency));
        }

        if (count < 0 && _precise && Marshal.GetLastPInvokeError() != Libc.ErrorInterrupted)
            throw SocketHandler.Failure("epoll");

        return count;
    }

    private void Control(int operation, int descriptor, int slot, int events)
    {
        var change = stackalloc byte[16];
        *(int*)change = events;
        *(long*)(change + DataOffset) = slot;
        if (Libc.EpollControl(_epoll, operation, descriptor, change) < 0)
            throw SocketHandler.Failure("epoll_ctl");
    }
}
