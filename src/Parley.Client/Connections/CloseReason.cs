namespace Parley.Client.Connections;

/// <summary>Why a connection ended.</summary>
/// <param name="Code">The server's of 3000 and above, else the client's.</param>
/// <param name="Reason">For people.</param>
/// <param name="IsTerminal">Whether coming back is of no use.</param>
internal sealed record CloseReason(uint Code, string Reason, bool IsTerminal)
{
    private const uint FirstServerCode = 3000;
    private const uint MessageTooBig = 1009;

    public static readonly CloseReason TransportClosed = new(ConnectingCodes.TransportClosed, "transport closed", IsTerminal: false);
    public static readonly CloseReason NoPing = new(ConnectingCodes.NoPing, "no ping", IsTerminal: false);
    public static readonly CloseReason SubscribeTimeout = new(ConnectingCodes.SubscribeTimeout, "subscribe timeout", IsTerminal: false);
    public static readonly CloseReason UnsubscribeError = new(ConnectingCodes.UnsubscribeError, "unsubscribe error", IsTerminal: false);
    public static readonly CloseReason BadProtocol = new(DisconnectedCodes.BadProtocol, "bad protocol", IsTerminal: true);
    public static readonly CloseReason Unauthorized = new(DisconnectedCodes.Unauthorized, "unauthorized", IsTerminal: true);

    /// <summary>Whether the server said it, rather than the network.</summary>
    public bool IsFromServer => Code >= FirstServerCode;

    /// <summary>What a code of the server, or of a WebSocket, means.</summary>
    public static CloseReason FromCode(uint code, string reason) => code switch
    {
        MessageTooBig => new(DisconnectedCodes.MessageSizeLimit, "message size limit exceeded", IsTerminal: true),
        < FirstServerCode => TransportClosed,
        _ => new(code, reason, IsTerminal: code is (>= 3500 and < 4000) or (>= 4500 and < 5000)),
    };
}
