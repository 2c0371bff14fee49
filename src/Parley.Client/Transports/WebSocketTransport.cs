using System.Buffers;
using System.Net;
using System.Net.WebSockets;
using Parley.Client.Connections;

namespace Parley.Client.Transports;

/// <summary>Frames as messages of a WebSocket.</summary>
internal sealed class WebSocketTransport(TransportSettings settings) : IClientTransport
{
    private const string ProtobufProtocol = "centrifuge-protobuf";
    private const int BufferSize = 16 * 1024;

    private readonly ClientWebSocket _socket = new();
    private readonly ArrayBufferWriter<byte> _partial = new();
    private readonly byte[] _buffer = new byte[BufferSize];

    public CloseReason? Closed { get; private set; }

    private WebSocketMessageType MessageType => settings.Codec.IsBinary ? WebSocketMessageType.Binary : WebSocketMessageType.Text;

    public async Task OpenAsync(ReadOnlyMemory<byte> firstFrame, CancellationToken cancellationToken)
    {
        if (settings.Codec.IsBinary) _socket.Options.AddSubProtocol(ProtobufProtocol);
        if (!OperatingSystem.IsBrowser())
        {
            // The protocol has pings of its own.
            _socket.Options.KeepAliveInterval = TimeSpan.Zero;
            _socket.Options.CollectHttpResponseDetails = true;
            foreach (var (name, value) in settings.Headers) _socket.Options.SetRequestHeader(name, value);
        }

        settings.ConfigureWebSocket?.Invoke(_socket.Options);
        try
        {
            await _socket.ConnectAsync(settings.Addresses.WebSocket, cancellationToken).ConfigureAwait(false);
        }
        catch (WebSocketException exception) when (!OperatingSystem.IsBrowser() && _socket.HttpStatusCode >= HttpStatusCode.OK)
        {
            throw new TransportRefusedException(_socket.HttpStatusCode, exception);
        }

        await SendAsync(firstFrame, cancellationToken).ConfigureAwait(false);
    }

    public void Accept(string session, string node)
    {
        // The socket is the connection.
    }

    public ValueTask SendAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellationToken) =>
        _socket.SendAsync(frame, MessageType, endOfMessage: true, cancellationToken);

    public async ValueTask<ReadOnlyMemory<byte>?> ReceiveAsync(CancellationToken cancellationToken)
    {
        _partial.ResetWrittenCount();
        while (true)
        {
            var received = await _socket.ReceiveAsync(_buffer.AsMemory(), cancellationToken).ConfigureAwait(false);
            if (received.MessageType == WebSocketMessageType.Close) return await EndAsync(cancellationToken).ConfigureAwait(false);
            var part = _buffer.AsMemory(0, received.Count);
            if (received.EndOfMessage && _partial.WrittenCount == 0) return part.ToArray();
            _partial.Write(part.Span);
            if (!received.EndOfMessage) continue;
            return _partial.WrittenSpan.ToArray();
        }
    }

    public async ValueTask<bool> CloseAsync(CancellationToken cancellationToken)
    {
        if (_socket.State is not (WebSocketState.Open or WebSocketState.CloseReceived)) return false;
        await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken).ConfigureAwait(false);
        return true;
    }

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    private async ValueTask<ReadOnlyMemory<byte>?> EndAsync(CancellationToken cancellationToken)
    {
        if (_socket.CloseStatus is { } status)
            Closed = CloseReason.FromCode((uint)status, _socket.CloseStatusDescription ?? "");
        await CloseAsync(cancellationToken).ConfigureAwait(false);
        return null;
    }
}
