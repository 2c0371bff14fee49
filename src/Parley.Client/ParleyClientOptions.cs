using System.Net.WebSockets;

namespace Parley.Client;

/// <summary>How a <see cref="ParleyClient"/> connects. Read once, when the client is made.</summary>
public sealed class ParleyClientOptions
{
    /// <summary>JSON web token that says who the user is; empty for none. Default empty.</summary>
    public string Token { get; set; } = "";

    /// <summary>
    /// Gets a token when there is none, before the one in use expires, and when the server says that it has expired. Null or empty
    /// means that the user may not connect: the client is disconnected for good. An exception is reported by
    /// <see cref="ParleyClient.Error"/>, and the client tries again after a while. Default null: no callback.
    /// </summary>
    public Func<CancellationToken, ValueTask<string?>>? GetToken { get; set; }

    /// <summary>Sent with the connect, for the application. In <see cref="ProtocolFormat.Json"/> one JSON value. Default empty.</summary>
    public ReadOnlyMemory<byte> Data { get; set; }

    /// <summary>Name of the client's software, for logs of the server. Default <c>dotnet</c>.</summary>
    public string Name { get; set; } = "dotnet";

    /// <summary>Version of the client's software, for logs of the server. Default empty.</summary>
    public string Version { get; set; } = "";

    /// <summary>Sent with every HTTP request. In a browser, which lets nobody set them, with the connect command instead.</summary>
    public IDictionary<string, string> Headers { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Default <see cref="ProtocolFormat.Json"/>.</summary>
    public ProtocolFormat Format { get; set; } = ProtocolFormat.Json;

    /// <summary>
    /// In the order in which they are tried until one connects. That one is kept for half an hour after it last connected, until it
    /// failed three times in a row, or until the client is disconnected; then the first is tried first again. At least one. Default:
    /// all, WebSocket first.
    /// </summary>
    public IList<ClientTransport> Transports { get; } =
        [ClientTransport.WebSocket, ClientTransport.HttpStream, ClientTransport.ServerSentEvents, ClientTransport.LongPolling];

    /// <summary>
    /// Bound of the first delay before the client connects or subscribes again; it doubles with every failure. The delay itself is drawn
    /// between zero and the bound, so that clients do not come back all at once. Default 500 ms.
    /// </summary>
    public TimeSpan MinReconnectDelay { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Highest bound of delays. Default 20 s.</summary>
    public TimeSpan MaxReconnectDelay { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>Longest wait for an answer of the server, and for a transport to open. Default 5 s.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How much later than announced a server's ping may be before the connection counts as lost. Default 10 s.</summary>
    public TimeSpan MaxServerPingDelay { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Time for delays, time-outs and expiry. Default <see cref="TimeProvider.System"/>.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>
    /// For the transports over HTTP; it is not disposed with the client, and its own time-out should be infinite or above
    /// <see cref="Timeout"/>. Default null: the client has one of its own.
    /// </summary>
    public HttpClient? HttpClient { get; set; }

    /// <summary>Sets certificates, proxy, cookies and the like of each WebSocket. Default null.</summary>
    public Action<ClientWebSocketOptions>? ConfigureWebSocket { get; set; }
}
