using System.Text.Json;
using System.Text.Json.Serialization;

namespace Parley.Webhooks.Transformations.Scripts;

/// <summary>The object that a script gets, without its payload.</summary>
internal sealed record ScriptWebhook(
    string Id, string EventType, string Url, string Method, IReadOnlyDictionary<string, string> Headers, string[] Channels, int Attempt)
{
    /// <summary>JSON for the engine's own parser, in which a header named like a property of all objects is just a name.</summary>
    public static string Describe(TransformationInput input) => JsonSerializer.Serialize(
        new ScriptWebhook(input.MessageId, input.EventType, input.Url, input.Method, input.Headers, input.Channels, input.Attempt),
        ScriptWebhookJson.Default.ScriptWebhook);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ScriptWebhook))]
internal sealed partial class ScriptWebhookJson : JsonSerializerContext;
