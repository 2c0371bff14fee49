using System.Text.Json;
using Parley.Webhooks.EventTypes;
using Parley.Webhooks.Schemas;

namespace Parley.Webhooks.Api.Models;

/// <summary>What a caller says of an event type.</summary>
internal sealed record EventTypeBody
{
    public string? Name { get; init; }

    public string? Description { get; init; }

    public JsonSchema? Schema { get; init; }

    public JsonElement? Example { get; init; }

    public bool? Deprecated { get; init; }
}

/// <summary>An event type as it is shown.</summary>
internal sealed record EventTypeView(
    string Name, string Description, JsonSchema? Schema, JsonElement? Example, bool Deprecated, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    public static EventTypeView Of(EventType type) => new(type.Name, type.Description, type.Schema, type.Example, type.Deprecated, type.CreatedAt, type.UpdatedAt);
}
