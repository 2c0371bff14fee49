using System.IO.Pipelines;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Parley.AspNetCore.Transports.Sending;

/// <summary>Sends by the socket itself, on the calling thread: no copy, and no other thread to wake.</summary>
/// <remarks>
/// For sockets with nothing between them and the network, whose host sends nothing more. What the socket's buffer has no room for is
/// copied and sent when the client reads.
/// </remarks>
internal sealed class SocketFrameOutput : FrameOutput
{
    /// <summary>More frames than this need not be kept room for.</summary>
    private const int MaxKeptFrames = 16;

    private readonly Socket _socket;
    private byte[]? _first;
    private byte[][] _more = [];
    private int _count;

    public SocketFrameOutput(Socket socket)
    {
        _socket = socket;
        socket.Blocking = false;
    }

    public override void Write(byte[] frame)
    {
        if (_count == 0)
        {
            _first = frame;
            _count = 1;
            return;
        }

        if (_count > _more.Length)
            Array.Resize(ref _more, Math.Max(4, _more.Length * 2));
        _more[_count - 1] = frame;
        _count++;
    }

    public override ValueTask<FlushResult> FlushAsync()
    {
        if (_count == 0)
            return default;

        var bytes = _count == 1 ? _first! : FrameJoiner.Join(_first!, _more.AsSpan(0, _count - 1));
        Clear();
        var sent = _socket.Send(bytes.Span, SocketFlags.None, out var error);
        if (error == SocketError.Success && sent == bytes.Length)
            return default;
        if (error is not (SocketError.Success or SocketError.WouldBlock))
            throw new SocketException((int)error);
        return SendRestAsync(bytes.Span[(error == SocketError.Success ? sent : 0)..].ToArray());
    }

    /// <remarks>Nothing to do: the socket is closed with the link, and that ends what it sends.</remarks>
    public override void CancelPendingFlush()
    {
    }

    private void Clear()
    {
        _first = null;
        if (_more.Length > MaxKeptFrames)
            _more = [];
        else
            Array.Clear(_more);
        _count = 0;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<FlushResult> SendRestAsync(ReadOnlyMemory<byte> rest)
    {
        while (!rest.IsEmpty)
            rest = rest[await _socket.SendAsync(rest)..];
        return default;
    }
}
