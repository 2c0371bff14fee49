namespace Parley.Client;

/// <summary>A way to carry the protocol.</summary>
public enum ClientTransport
{
    /// <summary>WebSocket, at <c>connection/websocket</c>.</summary>
    WebSocket,

    /// <summary>One endless HTTP response at <c>connection/http_stream</c>, and a request to <c>emulation</c> per batch of commands.</summary>
    HttpStream,

    /// <summary>Server-sent events at <c>connection/sse</c>, and a request to <c>emulation</c> per batch of commands. Always in JSON.</summary>
    ServerSentEvents,

    /// <summary>
    /// Plain requests at <c>connection/long_poll</c>, which are held until there is something to tell. Of Parley's own; the session survives
    /// requests that are lost.
    /// </summary>
    LongPolling,
}
