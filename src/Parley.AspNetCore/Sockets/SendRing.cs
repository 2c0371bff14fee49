using System.Buffers;
using System.Runtime.InteropServices;
using Parley.AspNetCore.Transports.Sending;
using Parley.Sessions;

namespace Parley.AspNetCore.Sockets;

/// <summary>Sends what the connections of a <see cref="FlushRound"/> have waiting in one system call.</summary>
/// <remarks>
/// What is sent is copied to memory that does not move. In a fan-out one connection after the other has the same frames waiting, so the last
/// piece of frames is remembered. Each thread that flushes has its own.
/// </remarks>
internal sealed class SendRing : IFlushRoundEnd
{
    private const int BufferBytes = 256 * 1024;

    /// <summary>Most bytes of one connection that no other has: they are copied for it alone, and gain little from company.</summary>
    private const int MaxOwnBytes = 16 * 1024;

    [ThreadStatic]
    private static SendRing? _current;

    /// <summary>Rounds until it is tried again where it failed: the system may have been short of something.</summary>
    private const int RoundsBetweenTries = 10_000;

    [ThreadStatic]
    private static int _roundsToWait;

    private readonly IoUring _queue;
    private readonly (IRoundSender Sender, int Offset, int Length)[] _sends = new (IRoundSender, int, int)[FlushRound.MaxConnections];
    private readonly FrameRun _last = new();
    private readonly List<(int Number, int Result)> _failures = [];
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(BufferBytes, pinned: true);
    private int _lastOffset;
    private int _used;
    private int _count;
    private bool _isEnding;

    private SendRing(IoUring queue) => _queue = queue;

    /// <summary>This thread's, if a socket's bytes are to be put into it.</summary>
    /// <returns>Null when the round is too small, the thread does not flush again and again, or there can be none.</returns>
    public static SendRing? For(LoopSocket socket) => FlushRound.Count < socket.Loop.MinSendsTogether ? null : _current ?? Create();

    /// <remarks>Nobody is taken while the round ends: who is told that its send is done may have others flush.</remarks>
    private bool HasRoom => _count < _sends.Length && !_isEnding;

    /// <summary>Puts frames into the round.</summary>
    /// <returns>False when there is no room.</returns>
    public bool TryAdd(int descriptor, byte[] first, ReadOnlySpan<byte[]> more, IRoundSender sender)
    {
        if (!HasRoom || (!_last.Is(first, more) && !TryCopy(first, more)))
            return false;
        Add(descriptor, _lastOffset, _last.Length, sender);
        return true;
    }

    /// <summary>Puts bytes that are no other connection's into the round.</summary>
    /// <returns>False when there is no room.</returns>
    public bool TryAdd(int descriptor, in ReadOnlySequence<byte> bytes, IRoundSender sender)
    {
        var length = bytes.Length;
        if (!HasRoom || length > MaxOwnBytes || length > BufferBytes - _used)
            return false;
        bytes.CopyTo(_buffer.AsSpan(_used));
        Add(descriptor, _used, (int)length, sender);
        _used += (int)length;
        return true;
    }

    public void OnRoundEnd()
    {
        _isEnding = true;
        var taken = _queue.Submit(_failures);
        foreach (var (number, result) in _failures)
            OnFailed(number, result);
        for (var number = taken; number < _count; number++)
            OnFailed(number, 0);

        foreach (var (sender, _, _) in _sends.AsSpan(0, taken))
            sender?.OnSentWithOthers();
        Clear();
    }

    private static SendRing? Create()
    {
        if (!FlushRound.IsFlushThread || --_roundsToWait > 0)
            return null;
        try
        {
            return _current = new SendRing(new IoUring(FlushRound.MaxConnections));
        }
        catch (IOException)
        {
            _roundsToWait = RoundsBetweenTries;
            return null;
        }
    }

    private void Add(int descriptor, int offset, int length, IRoundSender sender)
    {
        if (_count == 0)
            FlushRound.EndWith(this);

        _queue.Add(descriptor, Marshal.UnsafeAddrOfPinnedArrayElement(_buffer, offset), length, _count);
        _sends[_count++] = (sender, offset, length);
    }

    /// <param name="number">Which.</param>
    /// <param name="result">Bytes that were sent, or an error below zero.</param>
    private void OnFailed(int number, int result)
    {
        var (sender, offset, length) = _sends[number];
        _sends[number].Sender = null!;
        var sent = result == -Libc.Again || result == -Libc.Interrupted ? 0 : result;
        if (sent < 0)
            sender.OnSendFailed();
        else
            sender.OnSentInPart(_buffer.AsSpan(offset + sent, length - sent));
    }

    private bool TryCopy(byte[] first, ReadOnlySpan<byte[]> more)
    {
        if (FrameRun.LengthOf(first, more) > BufferBytes - _used)
            return false;

        _last.Set(first, more);
        _last.CopyTo(_buffer.AsSpan(_used));
        _lastOffset = _used;
        _used += _last.Length;
        return true;
    }

    private void Clear()
    {
        Array.Clear(_sends, 0, _count);
        _failures.Clear();
        _last.Clear();
        (_count, _used, _lastOffset, _isEnding) = (0, 0, 0, false);
    }
}
