using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using Parley.Testing;

namespace Parley.AspNetCore.Tests.Stress;

/// <summary>A WebSocket of the framework's over a socket that can be reset.</summary>
internal sealed class SocketStressLink : IDisposable
{
    private readonly Socket _socket;
    private readonly WebSocket _webSocket;
    private byte[] _buffer = new byte[16 * 1024];

    private SocketStressLink(Socket socket, WebSocket webSocket) => (_socket, _webSocket) = (socket, webSocket);

    public static async Task<SocketStressLink> OpenAsync(SocketStressHost host, bool isBinary, int? receiveBuffer)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (receiveBuffer is { } size)
            socket.ReceiveBufferSize = size;
        await socket.ConnectAsync(host.Endpoint);
        Stream stream = new NetworkStream(socket, ownsSocket: true);
        if (host.UseTls)
        {
            var tls = new SslStream(stream, leaveInnerStreamOpen: false, static (_, _, _, _) => true);
            await tls.AuthenticateAsClientAsync("localhost");
            stream = tls;
        }

        await stream.WriteAsync(RawWebSocketClient.Handshake(host.Endpoint, $"/connection/websocket{(isBinary ? "?cf_protocol=protobuf" : "")}"));
        await SkipAnswerAsync(stream);
        return new SocketStressLink(
            socket, WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { KeepAliveInterval = Timeout.InfiniteTimeSpan }));
    }

    public Task SendAsync(ReadOnlyMemory<byte> message, bool isBinary) => _webSocket
        .SendAsync(message, isBinary ? WebSocketMessageType.Binary : WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None).AsTask();

    /// <returns>The next message, until the next call; null: the server has closed, with the code.</returns>
    public async Task<(ReadOnlyMemory<byte>? Message, int Code)> ReceiveAsync()
    {
        for (var length = 0; ;)
        {
            if (length == _buffer.Length)
                Array.Resize(ref _buffer, _buffer.Length * 2);
            var result = await _webSocket.ReceiveAsync(_buffer.AsMemory(length), CancellationToken.None);
            length += result.Count;
            if (result.MessageType == WebSocketMessageType.Close)
                return (null, (int)_webSocket.CloseStatus!.Value);
            if (result.EndOfMessage)
                return (_buffer.AsMemory(0, length), 0);
        }
    }

    /// <summary>Closes in order, without waiting for the answer.</summary>
    public Task CloseAsync() => _webSocket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", CancellationToken.None);

    /// <summary>Vanishes as a process that dies does.</summary>
    public void Reset()
    {
        try
        {
            _socket.LingerState = new LingerOption(enable: true, seconds: 0);
            _socket.Close();
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The server was first.
        }
    }

    public void Dispose() => _webSocket.Dispose();

    private static async Task SkipAnswerAsync(Stream stream)
    {
        var one = new byte[1];
        for (var matched = 0; matched < 4;)
        {
            await stream.ReadExactlyAsync(one);
            matched = one[0] == "\r\n\r\n"[matched] ? matched + 1 : one[0] == '\r' ? 1 : 0;
        }
    }
}
