using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Parley.LoadTest.Client;

/// <summary>A WebSocket client: upgrade, frames, pings of the transport, close.</summary>
internal sealed class WebSocketLink(Network network, Opening opening, IMessageReceiver receiver)
    : ClientLink(network, network.Target.Server)
{
    private ArrayBufferWriter<byte>? _fragments;
    private bool _isOpen;

    public override void SendMessage(ReadOnlySpan<byte> message) =>
        SendFrame(opening.IsBinary ? WebSocketFrame.Binary : WebSocketFrame.Text, message);

    protected override void SayGoodbye()
    {
        Span<byte> code = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(code, 1000);
        SendFrame(WebSocketFrame.Close, code);
    }

    protected override void OnConnected() => Send(Network.Target.UpgradeRequest(opening.Path));

    protected override int OnReceived(ReadOnlySpan<byte> bytes)
    {
        var taken = 0;
        if (!_isOpen)
        {
            taken = ReadUpgrade(bytes);
            if (taken == 0)
                return 0;

            _isOpen = true;
            if (opening.Message.Length > 0)
                SendMessage(opening.Message);

            receiver.OnOpen();
        }

        while (WebSocketFrame.TryRead(bytes[taken..], out var opcode, out var isFinal, out var header, out var length))
        {
            OnFrame(opcode, isFinal, bytes.Slice(taken + header, length));
            taken += header + length;
        }

        return taken;
    }

    private void SendFrame(int opcode, ReadOnlySpan<byte> payload)
    {
        Span<byte> frame = payload.Length <= 4096
            ? stackalloc byte[payload.Length + WebSocketFrame.MaxOverhead]
            : new byte[payload.Length + WebSocketFrame.MaxOverhead];
        Send(frame[..WebSocketFrame.Write(frame, opcode, payload)]);
    }

    private static int ReadUpgrade(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf("\r\n\r\n"u8);
        if (end < 0)
            return 0;

        if (!bytes.StartsWith("HTTP/1.1 101"u8))
            throw new LoadTestException($"the upgrade was refused: {Encoding.UTF8.GetString(bytes[..bytes.IndexOf((byte)'\r')])}");

        return end + 4;
    }

    private void OnFrame(int opcode, bool isFinal, ReadOnlySpan<byte> payload)
    {
        switch (opcode)
        {
            case WebSocketFrame.Text or WebSocketFrame.Binary when isFinal:
                receiver.OnMessage(payload);
                break;
            case WebSocketFrame.Text or WebSocketFrame.Binary or WebSocketFrame.Continuation:
                OnFragment(isFinal, payload);
                break;
            case WebSocketFrame.Ping:
                SendFrame(WebSocketFrame.Pong, payload);
                break;
            case WebSocketFrame.Close:
                OnEnded(payload.Length < 2
                    ? "closed without a code"
                    : $"{BinaryPrimitives.ReadUInt16BigEndian(payload)} {Encoding.UTF8.GetString(payload[2..])}");
                break;
            default:
                break; // a pong
        }
    }

    private void OnFragment(bool isFinal, ReadOnlySpan<byte> payload)
    {
        _fragments ??= new ArrayBufferWriter<byte>();
        _fragments.Write(payload);
        if (!isFinal)
            return;

        receiver.OnMessage(_fragments.WrittenSpan);
        _fragments = null;
    }
}
