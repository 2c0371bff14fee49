namespace Parley.Webhooks.Signing;

/// <summary>What signatures are made of.</summary>
internal readonly ref struct SigningInput
{
    public required string Id { get; init; }

    /// <summary>Of the attempt, Unix seconds.</summary>
    public required long Timestamp { get; init; }

    public required string EventType { get; init; }

    public required string Url { get; init; }

    /// <summary>The URL as it may stand in a header, when a part of it is secret; null: as it is.</summary>
    public string? ShownUrl { get; init; }

    public required string Method { get; init; }

    public required ReadOnlySpan<byte> Body { get; init; }
}
