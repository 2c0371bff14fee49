using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Parley.LoadTest.Sockets;

namespace Parley.LoadTest.Client;

/// <summary>A WebSocket client: upgrade, frames, pings of the transport, close.</summary>
internal abstract class WebSocketConnection(EventLoop loop, Target target, SourceAddresses sources)
    : SocketHandler(loop, target.WebSocket, sources)
{
    private ArrayBufferWriter<byte>? _fragments;
    private bool _isOpen;
    private bool _isClosing;

    /// <summary>True once the server has answered our close, or has gone away after it.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Asks the server to close.</summary>
    public void BeginClose()
    {
        _isClosing = true;
        Span<byte> code = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(code, 1000);
        SendFrame(WebSocketFrame.Close, code);
    }

    protected abstract void OnOpen();

    protected abstract void OnMessage(ReadOnlySpan<byte> message);

    protected override void OnConnected() => Send(target.UpgradeRequest);

    protected override int OnReceived(ReadOnlySpan<byte> bytes)
    {
        var taken = 0;
        if (!_isOpen)
        {
            taken = ReadUpgrade(bytes);
            if (taken == 0)
                return 0;

            _isOpen = true;
            OnOpen();
        }

        while (WebSocketFrame.TryRead(bytes[taken..], out var opcode, out var isFinal, out var header, out var length))
        {
            OnFrame(opcode, isFinal, bytes.Slice(taken + header, length));
            taken += header + length;
        }

        return taken;
    }

    protected override void OnEnded(string reason)
    {
        if (!_isClosing)
            throw new LoadTestException($"a connection ended: {reason}");

        HasEnded = true;
        Dispose();
    }

    protected void SendFrame(int opcode, ReadOnlySpan<byte> payload)
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
                OnMessage(payload);
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

        OnMessage(_fragments.WrittenSpan);
        _fragments = null;
    }
}
