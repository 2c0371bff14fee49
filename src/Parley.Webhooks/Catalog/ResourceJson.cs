using System.Text.Json.Serialization;
using Parley.Webhooks.Applications;
using Parley.Webhooks.Endpoints;
using Parley.Webhooks.EventTypes;

namespace Parley.Webhooks.Catalog;

/// <summary>How resources are written to the store. Names stay as they are: stored documents have them.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(Application))]
[JsonSerializable(typeof(EventType))]
[JsonSerializable(typeof(Endpoint))]
internal sealed partial class ResourceJson : JsonSerializerContext;
