using System.Text.Json.Serialization;

namespace Parley.Webhooks.Events;

/// <summary>The payload of an operational event.</summary>
internal sealed record EventView
{
    public required EventApplication Application { get; init; }

    public required EventEndpoint Endpoint { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>Why it was disabled.</summary>
    public string? Reason { get; init; }

    public DateTimeOffset? FailingSince { get; init; }

    public EventMessage? Message { get; init; }

    public EventDelivery? Delivery { get; init; }
}

internal sealed record EventApplication(string Id, string? Uid);

internal sealed record EventEndpoint(string Id, string? Uid, string Url, string State);

internal sealed record EventMessage(string Id, string? Uid, string EventType, DateTimeOffset AcceptedAt);

internal sealed record EventDelivery(string Id, int? Attempts, int? LastStatus, string? LastError);

/// <summary>How operational events are written. Names are public.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(EventView))]
internal sealed partial class EventJson : JsonSerializerContext;
