using System.Net;
using System.Runtime.InteropServices;

namespace Parley.LoadTest.Sockets;

/// <summary>A non-blocking TCP connection in an event loop. What the kernel does not take at once is kept and sent later.</summary>
internal abstract unsafe class SocketHandler : IDisposable
{
    private readonly EventLoop _loop;
    private readonly int _descriptor;
    private readonly int _slot;
    private readonly TlsSession? _tls;
    private byte[] _unsent = [];
    private int _unsentLength;
    private byte[] _unread = [];
    private int _unreadLength;
    private bool _connecting = true;
    private bool _watchesWrites = true;

    protected SocketHandler(EventLoop loop, IPEndPoint server, SourceAddresses sources, bool isEncrypted)
    {
        _loop = loop;
        _tls = isEncrypted ? new TlsSession(this) : null;
        _descriptor = sources.Connect(server);
        _slot = loop.Add(_descriptor, this, Libc.EpollIn | Libc.EpollOut);
    }

    public bool IsClosed { get; private set; }

    /// <summary>Place for what is decrypted next.</summary>
    public Memory<byte> PlainText => _loop.PlainText.AsMemory(_unreadLength);

    protected bool IsReadingPaused { get; private set; }

    public static LoadTestException Failure(string call) =>
        new($"{call}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");

    public void OnWritable()
    {
        if (_connecting)
        {
            _connecting = false;
            ThrowIfRefused();
            if (_tls is null)
                OnConnected();
            else
                _tls.Start();
        }

        if (_unsentLength > 0)
        {
            var length = _unsentLength;
            _unsentLength = 0;
            SendToKernel(_unsent.AsSpan(0, length));
        }

        WatchWrites(_unsentLength > 0);
    }

    public void OnReadable()
    {
        if (IsReadingPaused)
        {
            OnEnded("the server reset the connection"); // the only news that still come
            return;
        }

        var start = _tls is null ? _unreadLength : 0;
        var count = Libc.Receive(_descriptor, _loop.Buffer + start, (nuint)(EventLoop.BufferSize - start), 0);
        if (count < 0)
        {
            if (Marshal.GetLastPInvokeError() is not (Libc.ErrorAgain or Libc.ErrorInterrupted))
                OnEnded(Failure("recv").Message);

            return;
        }

        if (count == 0)
        {
            OnEnded("the server closed the connection");
            return;
        }

        if (_tls is null)
            Take(new Span<byte>(_loop.Buffer, start + (int)count));
        else
            _tls.Decrypt(_loop.Buffer, (int)count);
    }

    /// <summary>The TLS session begins.</summary>
    public void OnEncrypted() => OnConnected();

    /// <summary>Takes what was decrypted into <see cref="PlainText"/>.</summary>
    public void OnDecrypted(int count)
    {
        if (count == 0)
            OnEnded("the server ended the TLS session");
        else
            Take(_loop.PlainText.AsSpan(0, _unreadLength + count));
    }

    /// <summary>Closes at once with a reset, so that no port stays in TIME_WAIT.</summary>
    public void Dispose()
    {
        if (IsClosed)
            return;

        IsClosed = true;
        var linger = stackalloc int[] { 1, 0 };
        _ = Libc.SetSocketOption(_descriptor, Libc.SolSocket, Libc.SoLinger, linger, 8);
        _loop.Remove(_descriptor, _slot);
        _ = Libc.Close(_descriptor);
        _tls?.Dispose();
    }

    /// <summary>Sends bytes as they are.</summary>
    public void SendToKernel(ReadOnlySpan<byte> bytes)
    {
        if (_unsentLength == 0 && !_connecting)
        {
            fixed (byte* start = bytes)
            {
                var sent = Libc.Send(_descriptor, start, (nuint)bytes.Length, Libc.MsgNoSignal);
                if (sent < 0 && Marshal.GetLastPInvokeError() is not (Libc.ErrorAgain or Libc.ErrorInterrupted))
                {
                    OnEnded(Failure("send").Message);
                    return;
                }

                bytes = bytes[(int)Math.Max(0, sent)..];
            }
        }

        if (bytes.IsEmpty)
            return;

        if (_unsentLength + bytes.Length > _unsent.Length)
            Array.Resize(ref _unsent, Math.Max(1024, (_unsentLength + bytes.Length) * 2));

        bytes.CopyTo(_unsent.AsSpan(_unsentLength));
        _unsentLength += bytes.Length;
        WatchWrites(true);
    }

    /// <summary>Takes nothing more from the kernel.</summary>
    protected void PauseReading()
    {
        IsReadingPaused = true;
        _loop.Change(_descriptor, _slot, _watchesWrites ? Libc.EpollOut : 0);
    }

    protected abstract void OnConnected();

    /// <summary>Takes what it can of the bytes that arrived and says how many; the rest comes again with more.</summary>
    protected abstract int OnReceived(ReadOnlySpan<byte> bytes);

    protected abstract void OnEnded(string reason);

    protected void Send(ReadOnlySpan<byte> bytes)
    {
        if (_tls is null)
            SendToKernel(bytes);
        else
            _tls.Encrypt(bytes);
    }

    /// <param name="received">What arrived, behind place for what is left of before.</param>
    private void Take(Span<byte> received)
    {
        _unread.AsSpan(0, _unreadLength).CopyTo(received);
        ReadOnlySpan<byte> rest = received[OnReceived(received)..];
        if (rest.Length == EventLoop.BufferSize)
            throw new LoadTestException($"a message of more than {EventLoop.BufferSize} bytes arrived");

        if (rest.Length > _unread.Length)
            _unread = new byte[Math.Max(512, rest.Length * 2)];

        rest.CopyTo(_unread);
        _unreadLength = rest.Length;
    }

    private void WatchWrites(bool watch)
    {
        if (watch == _watchesWrites || IsClosed)
            return;

        _watchesWrites = watch;
        var reads = IsReadingPaused ? 0 : Libc.EpollIn;
        _loop.Change(_descriptor, _slot, watch ? reads | Libc.EpollOut : reads);
    }

    private void ThrowIfRefused()
    {
        var error = 0;
        var length = (uint)sizeof(int);
        _ = Libc.GetSocketOption(_descriptor, Libc.SolSocket, Libc.SoError, &error, &length);
        if (error != 0)
            throw new LoadTestException($"connect: {Marshal.GetPInvokeErrorMessage(error)}");
    }
}
