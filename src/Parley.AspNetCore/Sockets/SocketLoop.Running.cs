using System.Buffers.Binary;
using System.Diagnostics;
using Parley.Sessions;

namespace Parley.AspNetCore.Sockets;

/// <summary>
/// The threads. While there is little to do one thread runs all loops, as each thread more costs a wake-up more for the same messages; when it has no
/// rest left it gives a loop back to its own thread, which lends it again when both have little to do.
/// </summary>
internal sealed unsafe partial class SocketLoop
{
    private const int MaxEvents = 256;

    /// <summary>What is told of a guest: this, and its number in the lower half.</summary>
    private const ulong GuestData = 0xFFFF_FFFF_0000_0000;

    [ThreadStatic]
    private static SocketLoop? _current;

    private readonly SocketLoop? _host;
    private readonly ManualResetEventSlim _returned = new();
    private readonly LoopLoad _load = new();
    private SocketLoop[] _guests = [];
    private volatile bool _isGuest;
    private int _told;

    /// <returns>Its number.</returns>
    private int AddGuest(SocketLoop guest)
    {
        lock (_gate)
        {
            // The thread may be reading the array.
            Volatile.Write(ref _guests, [.. _guests, guest]);
            return _guests.Length;
        }
    }

    private void Run()
    {
        FlushRound.IsFlushThread = true;
        var mayBeGuest = _host is not null;
        while (!_mustStop)
        {
            if (mayBeGuest && _posted.IsEmpty)
                BeGuest();
            if (_mustStop)
                break;
            RunRound();
            mayBeGuest = _host is not null && _load.TryMeasure(Stopwatch.GetTimestamp()) && _load.MayJoin(_host._load);
        }

        foreach (var guest in Volatile.Read(ref _guests))
        {
            if (guest._isGuest)
                GiveBack(guest);
        }
    }

    /// <summary>Lets the host's thread run this loop until it gives it back.</summary>
    private void BeGuest()
    {
        _returned.Reset();
        _current = null;
        try
        {
            _host!.Register(_epoll, Libc.EpollIn, GuestData | (uint)_number);
        }
        catch (IOException)
        {
            // The system has no room for it: this thread goes on.
            return;
        }

        // Not before: the host must not give back what is not there yet. What it is told of in between it is told of again.
        _isGuest = true;
        _returned.Wait();
        _load.Restart(Stopwatch.GetTimestamp());
    }

    private void RunRound()
    {
        var guests = Volatile.Read(ref _guests);
        var mustNotWait = HasPosted(guests);
        var begun = Stopwatch.GetTimestamp();
        _load.BeginWait();
        var events = stackalloc byte[Libc.EventSize * MaxEvents];
        var count = Libc.EpollWait(_epoll, events, MaxEvents, mustNotWait ? 0 : -1);
        var now = Stopwatch.GetTimestamp();
        _load.EndWait(mustNotWait ? 0 : now - begun);

        FlushBatch.Begin();
        Handle(events, count);
        foreach (var guest in guests)
        {
            if (guest.IsGuestWithPosted)
                RunGuest(guest);
        }

        FlushBatch.End();
        if (guests.Length > 0 && _load.TryMeasure(now))
            GiveBackIfBusy(guests);
    }

    private bool IsGuestWithPosted => _isGuest && !_posted.IsEmpty;

    private bool HasPosted(SocketLoop[] guests)
    {
        foreach (var guest in guests)
        {
            if (guest.IsGuestWithPosted)
                return true;
        }

        return !_posted.IsEmpty;
    }

    /// <summary>Calls the handlers of the sockets that were told of, and those that were posted.</summary>
    private void Handle(byte* events, int count)
    {
        _current = this;
        for (var i = 0; i < count; i++)
            Tell(new ReadOnlySpan<byte>(events + (i * Libc.EventSize), Libc.EventSize));
        CallPosted();
    }

    private void RunGuest(SocketLoop guest)
    {
        var events = stackalloc byte[Libc.EventSize * MaxEvents];
        var count = Libc.EpollWait(guest._epoll, events, MaxEvents, 0);
        guest._told += Math.Max(count, 0);
        guest.Handle(events, count);
        _current = this;
        if (guest._mustStop)
            GiveBack(guest);
    }

    private void GiveBackIfBusy(SocketLoop[] guests)
    {
        SocketLoop? busiest = null;
        foreach (var guest in guests)
        {
            if (guest._isGuest && guest._told > (busiest?._told ?? 0))
                busiest = guest;
        }

        if (busiest is not null && _load.IsBusy)
            GiveBack(busiest);
        foreach (var guest in guests)
        {
            if (guest._isGuest)
                guest._told = 0;
        }
    }

    private void GiveBack(SocketLoop guest)
    {
        _ = Libc.EpollControl(_epoll, Libc.EpollDelete, guest._epoll, null);
        guest._told = 0;
        guest._isGuest = false;
        guest._returned.Set();
    }

    private void Tell(ReadOnlySpan<byte> told)
    {
        var data = BinaryPrimitives.ReadUInt64LittleEndian(told[Libc.EventData..]);
        if (data >= GuestData)
        {
            if (data == WakeData)
                TakeWake();
            else if (_guests[(int)(uint)data - 1] is { _isGuest: true } guest)
                RunGuest(guest);
            return;
        }

        // One that was closed in this round may have been followed by another with its descriptor.
        var sockets = Volatile.Read(ref _sockets);
        if (sockets[(int)(uint)data] is not { } socket || socket.Generation != (uint)(data >> 32))
            return;
        var events = BinaryPrimitives.ReadUInt32LittleEndian(told);
        // Before it is known who the handler is, who may be about to change.
        if ((events & (Libc.EpollPeerHangUp | Libc.EpollHangUp | Libc.EpollError)) != 0)
            socket.IsPeerDone = true;
        if (socket.Handler is { } handler)
            Call(handler, ToReadiness(events));
    }

    private void TakeWake()
    {
        var value = 0UL;
        _ = Libc.Read(_wake, (byte*)&value, sizeof(ulong));
        // Before what was posted is looked at: who posts later must write again.
        Interlocked.Exchange(ref _isWoken, 0);
    }

    private void CallPosted()
    {
        // What is posted meanwhile has to wait for the sockets.
        for (var left = _posted.Count; left > 0 && _posted.TryDequeue(out var handler); left--)
            Call(handler, Readiness.None);
    }
}
