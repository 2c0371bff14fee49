using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using Parley.AspNetCore.Sockets;
using Parley.AspNetCore.Transports.Sending;

namespace Parley.AspNetCore.Transports.WebSockets;

/// <summary>The link of a WebSocket whose socket was taken out of the web server.</summary>
/// <remarks>
/// The reader's code is called on the thread of the socket's loop, as soon as there are bytes, rather than resumed: for an idle client no
/// task waits, nor is a buffer kept. What is left of the bytes is kept in one that is just large enough. One thread reads at a time;
/// <see cref="Wake"/> and <see cref="Abort"/> are for all.
/// </remarks>
internal sealed class SocketLink : WebSocketLink, ILoopHandler
{
    private const int ReadBytes = 16 * 1024;

    /// <summary>Reads of one socket in a row, before others have their turn.</summary>
    private const int MaxReads = 4;

    private readonly LoopSocket _socket;
    private SocketWriter? _writer;
    private IInputHandler? _handler;

    // They belong to whoever reads, and to the loop's thread while nobody does.
    private byte[]? _buffer;
    private ReadOnlyMemory<byte> _unread;
    private IOException? _broken;
    private bool _isUnreadNew;
    private bool _isEnded;

    private bool _isWaiting;
    private bool _isReadable = true;
    private bool _isWoken;
    private bool _isCompleted;

    // Set by the loop's thread alone.
    private bool _isTold;

    /// <param name="taken">The socket. It tells of nothing before <see cref="CreateOutput"/>.</param>
    public SocketLink(in TakenSocket taken)
    {
        _socket = taken.Socket;
        _unread = taken.Early;
        _isUnreadNew = !taken.Early.IsEmpty;
    }

    public override FrameOutput CreateOutput()
    {
        _writer = new SocketWriter(_socket);
        _socket.Handler = this;
        return _writer;
    }

    public override void Abort() => _socket.Abort();

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

    /// <summary>Takes what has come, of which <see cref="Keep(ReadOnlySequence{byte})"/> must then tell what is left.</summary>
    /// <returns>False when nothing has come since the last time: <see cref="TryWait"/>.</returns>
    /// <exception cref="IOException">The connection is broken.</exception>
    public bool TryRead(out ReadResult result)
    {
        if (_broken is not null)
            throw _broken;
        result = new ReadResult(new ReadOnlySequence<byte>(_unread), isCanceled: false, _isEnded);
        var isNew = _isUnreadNew || _isEnded;
        _isUnreadNew = false;
        return isNew;
    }

    /// <summary>Has a handler called when there is something to read. For whoever has read and found nothing.</summary>
    /// <returns>False when <see cref="Wake"/> was called since the last wait, or the end has come: the handler is not called.</returns>
    public bool TryWait(IInputHandler handler)
    {
        lock (_socket)
        {
            if (_isWoken)
            {
                _isWoken = false;
                return false;
            }

            _handler = handler;
            _isWaiting = true;
            if (!_isReadable || (_isTold && _socket.Loop.IsCurrent) || _socket.Loop.TryPost(this))
                return true;

            // The loop has ended, and with it all that can be read.
            (_isWaiting, _isEnded) = (false, true);
            return false;
        }
    }

    public override void Keep(ReadOnlySequence<byte> rest) => Keep(rest.First);

    public override void Wake()
    {
        lock (_socket)
        {
            if (!_isWaiting)
            {
                _isWoken = true;
                return;
            }

            _isWaiting = false;
        }

        // The caller may hold locks that the reader's code wants.
        ThreadPool.UnsafeQueueUserWorkItem(static link => link._handler!.OnInput(), this, preferLocal: false);
    }

    public override ValueTask CompleteAsync()
    {
        lock (_socket)
        {
            if (_isCompleted)
                return default;
            _isCompleted = true;
        }

        Keep(ReadOnlyMemory<byte>.Empty);
        // Only the loop's thread receives, so nobody does while it closes.
        if (_socket.Loop.IsCurrent || !_socket.Loop.TryPost(this))
            _socket.Close();
        return default;
    }

    /// <summary>Receives for a reader that waits, and runs its code.</summary>
    /// <returns>Whether there may be more to do at once.</returns>
    private bool TryReceive()
    {
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
                _broken = new IOException(exception.Message, exception);
            }

            _isWaiting = false;
        }

        _handler!.OnInput();
        return true;
    }

    /// <returns>False when nothing has come.</returns>
    private bool ReceiveSome()
    {
        var kept = _unread.Length;
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
        _unread = buffer.AsMemory(0, kept + count);
        _isUnreadNew = true;
        return true;
    }

    private void Keep(ReadOnlyMemory<byte> rest)
    {
        if (rest.IsEmpty)
        {
            Release();
            _unread = default;
            return;
        }

        if (_buffer is not null && rest.Length == _unread.Length && rest.Length > _buffer.Length / 4)
            return;
        var kept = ArrayPool<byte>.Shared.Rent(rest.Length);
        rest.CopyTo(kept);
        Release();
        _buffer = kept;
        _unread = kept.AsMemory(0, rest.Length);
    }

    private void Release()
    {
        if (_buffer is { } buffer)
            ArrayPool<byte>.Shared.Return(buffer);
        _buffer = null;
    }
}
