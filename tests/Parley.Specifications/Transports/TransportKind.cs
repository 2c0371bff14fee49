namespace Parley.Specifications.Transports;

/// <summary>A way of carrying the Centrifuge protocol both ways.</summary>
public enum TransportKind
{
    WebSocket,
    HttpStream,
    ServerSentEvents,
    LongPolling,
}
