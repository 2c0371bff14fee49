namespace Parley.Webhooks;

/// <summary>An event that the endpoints of an application hear of.</summary>
/// <param name="EventType">As <c>invoice.paid</c>: words of letters, digits and underscores with full stops between them, 128 characters at most.</param>
/// <param name="Payload">JSON in UTF-8, 256 KiB at most where <c>MaxPayloadBytes</c> is not set otherwise; endpoints get these bytes.</param>
public sealed record WebhookMessage(string EventType, ReadOnlyMemory<byte> Payload)
{
    /// <summary>Your own id, up to 256 characters; a second message of the application with it is the first one. Default: none.</summary>
    public string? Uid { get; init; }

    /// <summary>Up to 16 names; endpoints may ask for messages of some. Default: none.</summary>
    public IReadOnlyList<string> Channels { get; init; } = [];

    /// <summary>Up to 16 words to find it by. Default: none.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Not sent before; up to 1 year ahead. Default: at once.</summary>
    public DateTimeOffset? DeliverAt { get; init; }

    /// <summary>Not sent after; what has not been delivered then is cancelled. Default: never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}

/// <summary>Says that a message was accepted.</summary>
/// <param name="Id">Its id (<c>msg_…</c>), which receivers see as <c>webhook-id</c>.</param>
/// <param name="IsDuplicate">Whether it had been accepted before, by its uid or idempotency key.</param>
public sealed record WebhookReceipt(string Id, bool IsDuplicate);
