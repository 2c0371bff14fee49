using System.Text.Json.Serialization;
using Parley.Webhooks.Applications;
using Parley.Webhooks.Endpoints;
using Parley.Webhooks.EventTypes;
using Parley.Webhooks.Replays;

namespace Parley.Webhooks.Catalog;

/// <summary>How resources are written to the store. Names stay as they are: stored documents have them.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(Application))]
[JsonSerializable(typeof(EventType))]
[JsonSerializable(typeof(Endpoint))]
[JsonSerializable(typeof(Replay))]
internal sealed partial class ResourceJson : JsonSerializerContext;
