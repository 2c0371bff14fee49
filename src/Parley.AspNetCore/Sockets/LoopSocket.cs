using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Parley.AspNetCore.Sockets;

/// <summary>A connected socket that does not block, and whose readiness a <see cref="SocketLoop"/> tells of.</summary>
/// <remarks>
/// Sending and receiving are for one thread at a time each, and not for any after <see cref="Close"/>, since the descriptor may be another
/// socket's then. <see cref="Abort"/> is for all threads at all times.
/// </remarks>
internal sealed class LoopSocket(int descriptor, SocketLoop loop)
{
    private volatile ILoopHandler? _handler;
    private volatile bool _isPeerDone;
    private bool _isClosed;

    public int Descriptor { get; } = descriptor;

    public SocketLoop Loop { get; } = loop;

    /// <summary>Tells this socket from an earlier one with the same descriptor.</summary>
    public uint Generation { get; init; }

    /// <summary>Whether the peer sends no more, which is told once: behind what was received comes the end, or an error.</summary>
    public bool IsPeerDone
    {
        get => _isPeerDone;
        set => _isPeerDone = value;
    }

    /// <summary>Who is told of its readiness.</summary>
    public ILoopHandler? Handler
    {
        get => _handler;
        set => _handler = value;
    }

    /// <summary>Receives what is there.</summary>
    /// <returns>Bytes; 0 at their end; -1: none are there yet.</returns>
    /// <exception cref="SocketException">The connection is broken.</exception>
    public unsafe int Receive(Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            while (true)
            {
                var count = (int)Libc.Receive(Descriptor, start, (nuint)buffer.Length, 0);
                if (count >= 0 || IsAgain(Marshal.GetLastPInvokeError()))
                    return count;
            }
        }
    }

    /// <summary>Sends what there is room for.</summary>
    /// <returns>Bytes that were taken.</returns>
    /// <exception cref="SocketException">The connection is broken.</exception>
    public unsafe int Send(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            while (true)
            {
                var count = (int)Libc.Send(Descriptor, start, (nuint)bytes.Length, Libc.MsgNoSignal);
                if (count >= 0)
                    return count;
                if (IsAgain(Marshal.GetLastPInvokeError()))
                    return 0;
            }
        }
    }

    /// <summary>Ends both directions, which whoever waits for the socket is told.</summary>
    /// <param name="isReset">Whether the peer is to learn that something was cut: what it has not got yet is dropped when the socket is closed.</param>
    public unsafe void Abort(bool isReset = false)
    {
        // The object is its own lock, as there are many of them.
        lock (this)
        {
            if (_isClosed)
                return;
            var linger = stackalloc int[] { 1, 0 };
            if (isReset)
                _ = Libc.SetSocketOption(Descriptor, Libc.SocketLevel, Libc.Linger, linger, 2 * sizeof(int));
            _ = Libc.Shutdown(Descriptor, Libc.ShutdownBoth);
        }
    }

    /// <summary>Ends the connection and gives its descriptor back.</summary>
    public void Close()
    {
        lock (this)
        {
            if (_isClosed)
                return;
            _isClosed = true;
        }

        Loop.Remove(this);
        _ = Libc.Shutdown(Descriptor, Libc.ShutdownBoth);
        _ = Libc.Close(Descriptor);
    }

    /// <returns>True when nothing can be done now; false when the call was only interrupted.</returns>
    private static bool IsAgain(int error) => error switch
    {
        Libc.Again => true,
        Libc.Interrupted => false,
        _ => throw SocketErrors.ToException(error),
    };
}
