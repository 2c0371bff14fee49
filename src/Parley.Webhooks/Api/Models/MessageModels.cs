using System.Text.Json;
using Parley.Webhooks.Deliveries;
using Parley.Webhooks.Ids;

namespace Parley.Webhooks.Api.Models;

/// <summary>A message to be accepted.</summary>
internal sealed record MessageBody
{
    public string? EventType { get; init; }

    public JsonElement? Payload { get; init; }

    public string? Uid { get; init; }

    public string[]? Channels { get; init; }

    public string[]? Tags { get; init; }

    public DateTimeOffset? DeliverAt { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }
}

/// <summary>Says that a message was accepted.</summary>
internal sealed record ReceiptView(string Id, bool Duplicate);

/// <summary>A message as it is shown; lists leave the payload out.</summary>
internal sealed record MessageView
{
    public required string Id { get; init; }

    public string? Uid { get; init; }

    public required string EventType { get; init; }

    public JsonElement? Payload { get; init; }

    public required IReadOnlyList<string> Channels { get; init; }

    public required IReadOnlyList<string> Tags { get; init; }

    public required DateTimeOffset AcceptedAt { get; init; }

    public DateTimeOffset? DeliverAt { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public static MessageView Of(Message message) => new()
    {
        Id = WebhookId.Format(WebhookId.Message, message.Id),
        Uid = message.Uid,
        EventType = message.EventType,
        Payload = message.Payload.IsEmpty ? null : JsonElement.Parse(message.Payload.Span),
        Channels = message.Channels,
        Tags = message.Tags,
        AcceptedAt = message.AcceptedAt,
        DeliverAt = message.DeliverAt,
        ExpiresAt = message.ExpiresAt,
    };
}

/// <summary>A delivery as it is shown.</summary>
internal sealed record DeliveryView(
    string Id, string Message, string Endpoint, string State, int Attempts, DateTimeOffset? NextAttemptAt, int? LastStatus, string? LastError,
    DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    public static DeliveryView Of(Delivery delivery) => new(
        delivery.Key.ToString(),
        WebhookId.Format(WebhookId.Message, delivery.Key.Message),
        WebhookId.Format(WebhookId.Endpoint, delivery.Key.Endpoint),
        ApiNames.Of(delivery.State),
        delivery.Attempts,
        delivery.State is DeliveryState.Sending ? null : delivery.DueAt,
        delivery.LastStatus,
        delivery.LastError is { } error ? ApiNames.Of(error) : null,
        delivery.CreatedAt,
        delivery.UpdatedAt);
}

/// <summary>An attempt as it is shown; its duration is in milliseconds.</summary>
internal sealed record AttemptView(
    int Number, DateTimeOffset StartedAt, double Duration, string Trigger, int? Status, string? Error, string? Detail, IReadOnlyList<FieldError>? Errors, string? Method, string? Url,
    IReadOnlyList<HeaderView> RequestHeaders, IReadOnlyList<HeaderView> ResponseHeaders, string? ResponseBody, bool ResponseBodyCut)
{
    public static AttemptView Of(Attempt attempt) => new(
        attempt.Number,
        attempt.StartedAt,
        attempt.Duration.TotalMilliseconds,
        ApiNames.Of(attempt.Trigger),
        attempt.Status,
        attempt.Error is { } error ? ApiNames.Of(error) : null,
        attempt.Exchange?.Detail,
        attempt.Exchange?.Errors,
        attempt.Exchange?.Method,
        attempt.Exchange?.Url,
        [.. (attempt.Exchange?.RequestHeaders ?? []).Select(static header => new HeaderView(header.Key, header.Value))],
        [.. (attempt.Exchange?.ResponseHeaders ?? []).Select(static header => new HeaderView(header.Key, header.Value))],
        attempt.Exchange?.ResponseBody,
        attempt.Exchange?.IsResponseBodyCut ?? false);
}

/// <summary>One header line.</summary>
internal sealed record HeaderView(string Name, string Value);
