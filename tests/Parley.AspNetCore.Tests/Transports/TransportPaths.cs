namespace Parley.AspNetCore.Tests.Transports;

/// <summary>Every endpoint that browsers can be made to call.</summary>
internal static class TransportPaths
{
    public const string WebSocket = "/connection/websocket";
    public const string LongPoll = "/connection/long_poll";
    public const string Events = "/connection/events";
    public const string Emulation = "/emulation";

    /// <summary>Those that answer plain requests.</summary>
    public static readonly string[] Http =
    [
        "/connection/http_stream", "/connection/sse", "/connection/uni_http_stream", "/connection/uni_sse", Events, LongPoll, Emulation,
    ];

    /// <summary>All.</summary>
    public static readonly string[] All = [WebSocket, .. Http];

    /// <summary>What a request to open a WebSocket has.</summary>
    public static readonly (string Name, string Value)[] Handshake =
    [
        ("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13"), ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ];
}
