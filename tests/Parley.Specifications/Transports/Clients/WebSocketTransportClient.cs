using System.Net.WebSockets;
using Parley.Protocol.Centrifuge;
using Parley.Testing;

namespace Parley.Specifications.Transports.Clients;

internal sealed class WebSocketTransportClient(Uri address, CentrifugeCodec codec, string user)
    : TransportClient(codec, new ReplyReader(codec))
{
    private readonly ClientWebSocket _socket = new();

    public override async Task OpenAsync(params Command[] commands)
    {
        if (Codec.IsBinary) _socket.Options.AddSubProtocol("centrifuge-protobuf");
        _socket.Options.KeepAliveInterval = TimeSpan.Zero;
        _socket.Options.CollectHttpResponseDetails = true;
        _socket.Options.SetRequestHeader(UserHeader, user);
        var url = new UriBuilder(address) { Scheme = "ws", Path = "/connection/websocket" }.Uri;
        try
        {
            await _socket.ConnectAsync(url, CancellationToken.None).WaitAsync(Patience.Limit);
        }
        catch (WebSocketException) when (_socket.HttpStatusCode >= System.Net.HttpStatusCode.OK)
        {
            throw new TransportRefusedException(_socket.HttpStatusCode);
        }

        await SendAsync(commands);
    }

    public override Task SendAsync(params Command[] commands)
    {
        var type = Codec.IsBinary ? WebSocketMessageType.Binary : WebSocketMessageType.Text;
        return _socket.SendAsync(Write(commands), type, endOfMessage: true, CancellationToken.None).WaitAsync(Patience.Limit);
    }

    public override void Cut() => _socket.Abort();

    protected override async Task<bool> ReceiveAsync(ReplyReader reader)
    {
        if (_socket.State != WebSocketState.Open) return false;
        var buffer = new byte[16 * 1024];
        while (true)
        {
            var received = await _socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
            if (received.MessageType == WebSocketMessageType.Close)
            {
                var disconnect = new Disconnect { Code = (uint)_socket.CloseStatus!, Reason = _socket.CloseStatusDescription ?? "" };
                reader.Add(new Reply { Push = new Push { Disconnect = disconnect } });
                await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
                return true;
            }

            reader.Add(buffer.AsSpan(0, received.Count));
            if (!received.EndOfMessage) continue;
            if (!Codec.IsBinary) reader.Add("\n"u8);
            return true;
        }
    }
}
