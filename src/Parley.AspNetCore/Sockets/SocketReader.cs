using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Threading.Tasks.Sources;

namespace Parley.AspNetCore.Sockets;

/// <summary>Reads a socket that was taken out of the web server.</summary>
/// <remarks>
/// The reader's code runs on the thread of the socket's loop, as soon as there are bytes. While there are none it holds no buffer, and what
/// of the bytes is not taken is kept in one that is just large enough. One thread reads at a time; <see cref="CancelPendingRead"/> is for all.
/// </remarks>
internal sealed class SocketReader : PipeReader, ILoopHandler, IValueTaskSource<ReadResult>
{
    private const int ReadBytes = 16 * 1024;

    /// <summary>Reads of one socket in a row, before others have their turn.</summary>
    private const int MaxReads = 4;

    private readonly LoopSocket _socket;
    private SocketWriter? _writer;
    private ManualResetValueTaskSourceCore<ReadResult> _read;
    private byte[]? _buffer;
    private ReadOnlySequence<byte> _unread;
    private bool _isUnreadNew;
    private bool _isWaiting;
    private bool _isReadable = true;
    private bool _isCanceled;
    private bool _isEnded;
    private bool _isCompleted;

    // Set by the loop's thread alone.
    private bool _isTold;

    /// <param name="taken">The socket. Nothing is read of it before <see cref="CreateWriter"/>.</param>
    public SocketReader(in TakenSocket taken)
    {
        _socket = taken.Socket;
        _unread = new ReadOnlySequence<byte>(taken.Early);
        _isUnreadNew = !taken.Early.IsEmpty;
    }

    /// <summary>Cuts the connection. May be called at any time.</summary>
    public void Abort() => _socket.Abort();

    /// <summary>Begins to be told of the socket.</summary>
    /// <returns>Sends by the same socket.</returns>
    public SocketWriter CreateWriter()
    {
        _writer = new SocketWriter(_socket);
        _socket.Handler = this;
        return _writer;
    }

    public void OnReady(Readiness readiness)
    {
        lock (_socket)
            _isReadable |= readiness.HasFlag(Readiness.Read);

        if (readiness.HasFlag(Readiness.Write))
            _writer?.OnWritable();
        var left = MaxReads;
        _isTold = true;
        try
        {
            while (left > 0 && TryReceive())
                left--;
        }
        finally
        {
            _isTold = false;
        }

        if (left == 0)
            _socket.Loop.TryPost(this);
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        lock (_socket)
        {
            if (TryTake(out var result))
                return ValueTask.FromResult(result);
            _read.Reset();
            _isWaiting = true;
            if (_isReadable && !(_isTold && _socket.Loop.IsCurrent) && !_socket.Loop.TryPost(this))
            {
                (_isWaiting, _isEnded) = (false, true);
                return ValueTask.FromResult(new ReadResult(_unread, isCanceled: false, isCompleted: true));
            }

            return new ValueTask<ReadResult>(this, _read.Version);
        }
    }

    public override bool TryRead(out ReadResult result)
    {
        lock (_socket)
            return TryTake(out result);
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        lock (_socket)
        {
            _isUnreadNew = !_unread.Slice(examined).IsEmpty;
            Keep(_unread.Slice(consumed));
        }
    }

    public override void CancelPendingRead()
    {
        lock (_socket)
        {
            if (!_isWaiting)
            {
                _isCanceled = true;
                return;
            }

            _isWaiting = false;
        }

        // The caller may hold locks that the reader's code wants.
        ThreadPool.UnsafeQueueUserWorkItem(
            static reader => reader._read.SetResult(new ReadResult(reader._unread, isCanceled: true, reader._isEnded)), this, preferLocal: false);
    }

    public override void Complete(Exception? exception = null)
    {
        lock (_socket)
        {
            if (_isCompleted)
                return;
            _isCompleted = true;
            Keep(default);
        }

        // Only the loop's thread receives, so nobody does while it closes.
        if (_socket.Loop.IsCurrent || !_socket.Loop.TryPost(this))
            _socket.Close();
    }

    ReadResult IValueTaskSource<ReadResult>.GetResult(short token) => _read.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<ReadResult>.GetStatus(short token) => _read.GetStatus(token);

    void IValueTaskSource<ReadResult>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _read.OnCompleted(continuation, state, token, flags);

    private bool TryTake(out ReadResult result)
    {
        if (!_isCanceled && !_isUnreadNew && !_isEnded)
        {
            result = default;
            return false;
        }

        result = new ReadResult(_unread, _isCanceled, _isEnded);
        _isCanceled = false;
        return true;
    }

    /// <summary>Receives for a reader that waits, and runs its code.</summary>
    /// <returns>Whether there may be more to do at once.</returns>
    private bool TryReceive()
    {
        Exception? broken = null;
        lock (_socket)
        {
            if (_isCompleted)
            {
                _socket.Close();
                return false;
            }

            if (!_isWaiting || !_isReadable)
                return false;
            try
            {
                if (!ReceiveSome())
                    return false;
            }
            catch (SocketException exception)
            {
                broken = new IOException(exception.Message, exception);
            }

            _isWaiting = false;
        }

        if (broken is null)
            _read.SetResult(new ReadResult(_unread, isCanceled: false, _isEnded));
        else
            _read.SetException(broken);
        return true;
    }

    /// <returns>False when nothing has come.</returns>
    private bool ReceiveSome()
    {
        var kept = (int)_unread.Length;
        var buffer = ArrayPool<byte>.Shared.Rent(ReadBytes + kept);
        _unread.CopyTo(buffer);
        var room = buffer.AsSpan(kept);
        int count;
        try
        {
            count = _socket.Receive(room);
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(buffer);
            throw;
        }

        // Fewer bytes than there was room for were all; new ones are told of. The end of them is not, when it was told already.
        _isReadable = count == room.Length || (_socket.IsPeerDone && count > 0);
        if (count <= 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
            _isEnded = count == 0;
            return _isEnded;
        }

        Release();
        _buffer = buffer;
        _unread = new ReadOnlySequence<byte>(buffer, 0, kept + count);
        _isUnreadNew = false;
        return true;
    }

    private void Keep(ReadOnlySequence<byte> rest)
    {
        if (rest.IsEmpty)
        {
            Release();
            _unread = default;
            return;
        }

        if (_buffer is not null && rest.Length == _unread.Length && rest.Length > _buffer.Length / 4)
            return;
        var kept = ArrayPool<byte>.Shared.Rent((int)rest.Length);
        rest.CopyTo(kept);
        Release();
        _buffer = kept;
        _unread = new ReadOnlySequence<byte>(kept, 0, (int)rest.Length);
    }

    private void Release()
    {
        if (_buffer is { } buffer)
            ArrayPool<byte>.Shared.Return(buffer);
        _buffer = null;
    }
}
