namespace Parley.EndToEnd.Tests.Clients;

/// <summary>The ways on which the official SDK or Parley.Client reaches a server: a transport and an encoding.</summary>
public enum SdkWay
{
    WebSocketJson,
    WebSocketProtobuf,
    HttpStreamJson,
    HttpStreamProtobuf,

    /// <summary>Server-sent events, which are text.</summary>
    SseJson,

    /// <summary>Long polling, which the package of clients/js adds to the SDK.</summary>
    LongPollJson,
    LongPollProtobuf,

    /// <summary>Parley.Client, as all that begin so.</summary>
    DotNetWebSocketJson,
    DotNetWebSocketProtobuf,
    DotNetHttpStreamProtobuf,
    DotNetSseJson,
    DotNetLongPollProtobuf,
}

internal static class SdkWays
{
    /// <summary>All ways.</summary>
    public static IReadOnlyList<SdkWay> All { get; } = Enum.GetValues<SdkWay>();

    /// <summary>Whether Parley.Client goes it, rather than the official SDK.</summary>
    public static bool IsDotNet(this SdkWay way) => way >= SdkWay.DotNetWebSocketJson;

    /// <summary>Whether a connection goes on when its network was cut and came back: no reconnect, and nothing to recover.</summary>
    public static bool OutlivesItsNetwork(this SdkWay way) => way.Transport() == "long_poll";

    /// <summary>Name of the transport in the SDK.</summary>
    public static string Transport(this SdkWay way) => way switch
    {
        SdkWay.WebSocketJson or SdkWay.WebSocketProtobuf => "websocket",
        SdkWay.HttpStreamJson or SdkWay.HttpStreamProtobuf => "http_stream",
        SdkWay.SseJson => "sse",
        SdkWay.LongPollJson or SdkWay.LongPollProtobuf => "long_poll",
        SdkWay.DotNetWebSocketJson or SdkWay.DotNetWebSocketProtobuf => "websocket",
        SdkWay.DotNetHttpStreamProtobuf => "http_stream",
        SdkWay.DotNetSseJson => "sse",
        SdkWay.DotNetLongPollProtobuf => "long_poll",
        _ => throw new ArgumentOutOfRangeException(nameof(way), way, message: null),
    };

    /// <summary>Name of the encoding.</summary>
    public static string Format(this SdkWay way) =>
        way is SdkWay.WebSocketProtobuf or SdkWay.HttpStreamProtobuf or SdkWay.LongPollProtobuf
            or SdkWay.DotNetWebSocketProtobuf or SdkWay.DotNetHttpStreamProtobuf or SdkWay.DotNetLongPollProtobuf ? "protobuf" : "json";

    /// <summary>Another transport with, where there is a choice, the other encoding.</summary>
    public static SdkWay Other(this SdkWay way) => way switch
    {
        SdkWay.WebSocketJson => SdkWay.HttpStreamProtobuf,
        SdkWay.WebSocketProtobuf => SdkWay.SseJson,
        SdkWay.HttpStreamProtobuf => SdkWay.LongPollJson,
        _ => SdkWay.WebSocketProtobuf,
    };
}
