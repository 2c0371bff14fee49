using System.Text.Json;

namespace Parley.Webhooks.Outbox.Storage;

/// <summary>A message in the outbox. Times are milliseconds since 1970 (UTC), which every database keeps and compares alike.</summary>
internal sealed record OutboxRow
{
    /// <summary>Given by the database, rising; never used again, for a relay that is late must not delete what it did not send.</summary>
    public long Number { get; init; }

    /// <summary>The message's own, or one made for it. By it a row that is relayed again is known.</summary>
    public required string Uid { get; init; }

    /// <summary>Id or uid of the application.</summary>
    public required string Application { get; init; }

    public required string EventType { get; init; }

    public required ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>JSON array; null for none.</summary>
    public string? Channels { get; init; }

    /// <summary>JSON array; null for none.</summary>
    public string? Tags { get; init; }

    public long? DeliverAt { get; init; }

    public long? ExpiresAt { get; init; }

    public required long EnqueuedAt { get; init; }

    /// <summary>How often it was sent without success.</summary>
    public int Attempts { get; init; }

    /// <summary>Not sent before.</summary>
    public long DueAt { get; init; }

    /// <summary>Why it could not be sent last.</summary>
    public string? Error { get; init; }

    /// <summary>When it was refused for good. It is not sent any more until this is null again.</summary>
    public long? FailedAt { get; init; }

    public WebhookMessage ToMessage() => new(EventType, Payload)
    {
        Uid = Uid,
        Channels = ToNames(Channels),
        Tags = ToNames(Tags),
        DeliverAt = ToTime(DeliverAt),
        ExpiresAt = ToTime(ExpiresAt),
    };

    private static DateTimeOffset? ToTime(long? milliseconds) => milliseconds is { } value ? DateTimeOffset.FromUnixTimeMilliseconds(value) : null;

    private static string[] ToNames(string? json)
    {
        if (json is null)
            return [];
        using var document = JsonDocument.Parse(json);
        return [.. document.RootElement.EnumerateArray().Select(static name => name.GetString()!)];
    }
}
