using System.Text.Json;
using System.Text.Json.Serialization;
using Parley.Webhooks.Storage;

namespace Parley.Webhooks.Api;

/// <summary>A key that opens one application, as it is stored: by its hash.</summary>
internal sealed record ApplicationKey
{
    [JsonIgnore]
    public Guid Id { get; init; }

    [JsonIgnore]
    public string Hash { get; init; } = "";

    [JsonIgnore]
    public Guid Application { get; init; }

    public required string Name { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public static ApplicationKey Read(Resource resource) =>
        JsonSerializer.Deserialize(resource.Document.Span, KeyJson.Default.ApplicationKey)! with
        {
            Id = resource.Id,
            Application = resource.Parent,
            Hash = resource.Name!,
        };

    public Resource ToResource() => new()
    {
        Kind = ResourceKind.Key,
        Id = Id,
        Parent = Application,
        Name = Hash,
        Document = JsonSerializer.SerializeToUtf8Bytes(this, KeyJson.Default.ApplicationKey),
    };

    public Caller ToCaller() => new(Application);
}

/// <summary>How keys are written to the store.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ApplicationKey))]
internal sealed partial class KeyJson : JsonSerializerContext;
