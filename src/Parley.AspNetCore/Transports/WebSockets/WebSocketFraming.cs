using Parley.Sessions;

namespace Parley.AspNetCore.Transports.WebSockets;

/// <summary>One message, one WebSocket frame.</summary>
internal sealed class WebSocketFraming : TransportFraming
{
    /// <summary>Frames of text, for JSON.</summary>
    public static readonly WebSocketFraming Text = new(WebSocketOpcode.Text);

    /// <summary>Frames of bytes, for Protobuf.</summary>
    public static readonly WebSocketFraming Binary = new(WebSocketOpcode.Binary);

    private readonly WebSocketOpcode _opcode;

    private WebSocketFraming(WebSocketOpcode opcode) => _opcode = opcode;

    public override Frame Create(ReadOnlySpan<byte> message) => WebSocketFrameWriter.Create(_opcode, message);
}
