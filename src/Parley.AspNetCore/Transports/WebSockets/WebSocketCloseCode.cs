namespace Parley.AspNetCore.Transports.WebSockets;

/// <summary>Close codes of the transport itself. Source: RFC 6455, section 7.4, and the registry that continues it.</summary>
internal static class WebSocketCloseCode
{
    /// <summary>Stands for a close frame without a code; never on the wire.</summary>
    public const ushort None = 1005;

    public const ushort ProtocolError = 1002;
    public const ushort InvalidData = 1007;
    public const ushort PolicyViolation = 1008;
    public const ushort MessageTooBig = 1009;

    /// <summary>Whether a peer may send this code.</summary>
    public static bool IsAllowedOnWire(ushort code) => code is
        (>= 1000 and <= 1003) or (>= 1007 and <= 1014) or (>= 3000 and <= 4999);
}
