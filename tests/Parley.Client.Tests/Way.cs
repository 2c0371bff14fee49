namespace Parley.Client.Tests;

/// <summary>How a client and a server talk in a test.</summary>
public enum Way
{
    WebSocketJson,
    WebSocketProtobuf,
    HttpStreamJson,
    HttpStreamProtobuf,
    ServerSentEvents,
    LongPollingJson,
    LongPollingProtobuf,
}

internal static class Ways
{
    public static ProtocolFormat Format(this Way way) =>
        way is Way.WebSocketProtobuf or Way.HttpStreamProtobuf or Way.LongPollingProtobuf ? ProtocolFormat.Protobuf : ProtocolFormat.Json;

    public static ClientTransport Transport(this Way way) => way switch
    {
        Way.WebSocketJson or Way.WebSocketProtobuf => ClientTransport.WebSocket,
        Way.HttpStreamJson or Way.HttpStreamProtobuf => ClientTransport.HttpStream,
        Way.ServerSentEvents => ClientTransport.ServerSentEvents,
        _ => ClientTransport.LongPolling,
    };
}
