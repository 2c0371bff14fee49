using System.Text.Json;
using System.Text.Json.Serialization;
using Parley.Webhooks.Schemas;

namespace Parley.Webhooks.EventTypes;

/// <summary>A kind of event that is documented, perhaps with what its payload must be.</summary>
internal sealed record EventType
{
    [JsonIgnore]
    public Guid Id { get; init; }

    /// <summary>As <c>invoice.paid</c>.</summary>
    [JsonIgnore]
    public string Name { get; init; } = "";

    [JsonIgnore]
    public long Revision { get; init; } = 1;

    public string Description { get; init; } = "";

    /// <summary>JSON Schema; a payload that does not fit is refused. Null: any.</summary>
    public JsonSchema? Schema { get; init; }

    public JsonElement? Example { get; init; }

    public bool Deprecated { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }
}
