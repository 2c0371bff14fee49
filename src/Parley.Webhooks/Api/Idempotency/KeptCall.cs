using System.Text.Json;
using System.Text.Json.Serialization;
using Parley.Webhooks.Secrets;
using Parley.Webhooks.Storage;

namespace Parley.Webhooks.Api.Idempotency;

/// <summary>A call with an Idempotency-Key, as it is stored: with its answer, or while it is under way.</summary>
internal sealed record KeptCall
{
    [JsonIgnore]
    public Guid Id { get; init; }

    /// <summary>With which it goes; <see cref="Guid.Empty"/> for a call about none.</summary>
    [JsonIgnore]
    public Guid Application { get; init; }

    [JsonIgnore]
    public string Name { get; init; } = "";

    [JsonIgnore]
    public long Revision { get; init; } = 1;

    /// <summary>Until when nobody else makes the call; null: it was made.</summary>
    public DateTimeOffset? UnderWayUntil { get; init; }

    /// <summary>What was asked and answered, encrypted as a whole: answers have secrets, and the hash of a short request would tell a password in it to who tries them.</summary>
    public string Protected { get; init; } = "";

    public static KeptCall Read(Resource resource) => JsonSerializer.Deserialize(resource.Document.Span, KeptCallJson.Default.KeptCall)! with
    {
        Id = resource.Id,
        Application = resource.Parent,
        Name = resource.Name!,
        Revision = resource.Revision,
    };

    public Resource ToResource() => new()
    {
        Kind = ResourceKind.Idempotency,
        Id = Id,
        Parent = Application,
        Name = Name,
        Revision = Revision,
        Document = JsonSerializer.SerializeToUtf8Bytes(this, KeptCallJson.Default.KeptCall),
    };

    public KeptCall With(CallContent content, ISecretProtector protector) =>
        this with { Protected = protector.Protect(JsonSerializer.Serialize(content, KeptCallJson.Default.CallContent)) };

    public CallContent Open(ISecretProtector protector) => JsonSerializer.Deserialize(protector.Unprotect(Protected), KeptCallJson.Default.CallContent)!;
}

/// <summary>What was asked and answered.</summary>
/// <param name="Request">Hash of the request.</param>
/// <param name="Answer">Null while it is under way.</param>
internal sealed record CallContent(string Request, KeptAnswer? Answer);

/// <summary>An answer as it is kept.</summary>
internal sealed record KeptAnswer(int Status, string ContentType, byte[]? Body);

/// <summary>How calls are written to the store.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(KeptCall))]
[JsonSerializable(typeof(CallContent))]
internal sealed partial class KeptCallJson : JsonSerializerContext;
