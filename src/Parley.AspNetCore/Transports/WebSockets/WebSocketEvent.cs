namespace Parley.AspNetCore.Transports.WebSockets;

internal enum WebSocketEventKind : byte
{
    None,

    /// <summary>A whole text or binary message.</summary>
    Message,

    Ping,

    Pong,

    /// <summary>The client's close frame, its last word; the code is the one to answer with.</summary>
    Close,

    /// <summary>The client broke a rule; the code and text are what to close with.</summary>
    Fault,
}

/// <summary>What a reader found next in the bytes of a client.</summary>
/// <param name="Kind">Which of the other members count.</param>
/// <param name="Payload">Of a message or a ping; valid until the reader's next call, and no longer than its input.</param>
/// <param name="Code">Of a close or a fault.</param>
/// <param name="Reason">Of a fault; for the client and for logs, so it repeats nothing that the client sent.</param>
internal readonly record struct WebSocketEvent(
    WebSocketEventKind Kind, ReadOnlyMemory<byte> Payload = default, ushort Code = 0, string Reason = "")
{
    public static WebSocketEvent Fault(ushort code, string reason) => new(WebSocketEventKind.Fault, default, code, reason);
}
