using System.IO.Pipelines;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Parley.AspNetCore.Transports.Sending;

/// <summary>Sends by the socket of a connection of the web server's.</summary>
/// <remarks>
/// For sockets with nothing between them and the network, whose host sends nothing more. What the socket's buffer has no room for is
/// copied and sent when the client reads.
/// </remarks>
internal sealed class SocketFrameOutput : DirectFrameOutput
{
    private readonly Socket _socket;

    public SocketFrameOutput(Socket socket)
    {
        _socket = socket;
        socket.Blocking = false;
    }

    protected override ValueTask<FlushResult> SendAsync(ReadOnlyMemory<byte> bytes)
    {
        var sent = _socket.Send(bytes.Span, SocketFlags.None, out var error);
        if (error == SocketError.Success && sent == bytes.Length)
            return default;
        if (error is not (SocketError.Success or SocketError.WouldBlock))
            throw new SocketException((int)error);
        return SendRestAsync(bytes.Span[(error == SocketError.Success ? sent : 0)..].ToArray());
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<FlushResult> SendRestAsync(ReadOnlyMemory<byte> rest)
    {
        while (!rest.IsEmpty)
            rest = rest[await _socket.SendAsync(rest)..];
        return default;
    }
}
