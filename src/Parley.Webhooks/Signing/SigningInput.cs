namespace Parley.Webhooks.Signing;

/// <summary>What signatures are made of.</summary>
internal readonly ref struct SigningInput
{
    public required string Id { get; init; }

    /// <summary>Of the attempt, Unix seconds.</summary>
    public required long Timestamp { get; init; }

    public required string EventType { get; init; }

    public required string Url { get; init; }

    public required string Method { get; init; }

    public required ReadOnlySpan<byte> Body { get; init; }
}
