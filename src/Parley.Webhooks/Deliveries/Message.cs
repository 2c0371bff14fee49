namespace Parley.Webhooks.Deliveries;

/// <summary>One webhook event, accepted once.</summary>
internal sealed record Message
{
    public required Guid Id { get; init; }

    public required Guid Application { get; init; }

    /// <summary>The caller's own id; a second message with it is the first one.</summary>
    public string? Uid { get; init; }

    public required string EventType { get; init; }

    /// <summary>JSON in UTF-8, the bytes that were accepted. Empty when only the message without it was read.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; }

    public IReadOnlyList<string> Channels { get; init; } = [];

    public IReadOnlyList<string> Tags { get; init; } = [];

    public required DateTimeOffset AcceptedAt { get; init; }

    /// <summary>Not sent before.</summary>
    public DateTimeOffset? DeliverAt { get; init; }

    /// <summary>Not sent after.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}
