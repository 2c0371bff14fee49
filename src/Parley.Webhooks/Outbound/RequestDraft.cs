using Parley.Webhooks.Deliveries;
using Parley.Webhooks.Endpoints;

namespace Parley.Webhooks.Outbound;

/// <summary>A request before it is signed.</summary>
internal sealed record RequestDraft
{
    public const string Json = "application/json";

    public required Uri Url { get; init; }

    public required string Method { get; init; }

    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>Headers of this server's own, which no endpoint and no script can set.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Marks { get; init; } = [];

    public string ContentType { get; init; } = Json;

    public required ReadOnlyMemory<byte> Body { get; init; }

    public static RequestDraft Of(Endpoint endpoint, Message message) => new()
    {
        Url = new Uri(endpoint.Url),
        Method = endpoint.Method,
        Body = message.Payload,
        Marks = endpoint.Verification?.RequestOrigin is { } origin ? [new("WebHook-Request-Origin", origin)] : [],
    };
}
