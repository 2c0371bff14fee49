using System.Text.Json;
using System.Text.Json.Serialization;

namespace Parley.LoadTest.Client;

/// <summary>How the messages of a client travel. Publishers always use WebSocket or the API.</summary>
[JsonConverter(typeof(TransportConverter))]
internal enum Transport
{
    Websocket,
    HttpStream,
    Sse,
    LongPoll,
}

/// <summary>Names of transports, as in their paths: <c>http_stream</c>.</summary>
internal static class TransportNames
{
    public static IEnumerable<string> All => Enum.GetValues<Transport>().Select(NameOf);

    public static string NameOf(Transport transport) => JsonNamingPolicy.SnakeCaseLower.ConvertName(transport.ToString());

    public static Transport Parse(string name) => Enum.GetValues<Transport>().Cast<Transport?>().FirstOrDefault(t => NameOf(t!.Value) == name)
        ?? throw new LoadTestException($"there is no transport {name}; there are {string.Join(", ", All)}");
}

internal sealed class TransportConverter() : JsonStringEnumConverter<Transport>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false);
