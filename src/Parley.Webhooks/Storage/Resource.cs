namespace Parley.Webhooks.Storage;

/// <summary>What is configured, as the store sees it: a document with an id, perhaps a name, below a parent.</summary>
internal sealed record Resource
{
    public required ResourceKind Kind { get; init; }

    public required Guid Id { get; init; }

    /// <summary>What it belongs to; <see cref="Guid.Empty"/> for what stands alone.</summary>
    public Guid Parent { get; init; }

    /// <summary>Unique among those of its kind below its parent; null for none.</summary>
    public string? Name { get; init; }

    /// <summary>1 for a new one; each change adds 1.</summary>
    public long Revision { get; init; } = 1;

    /// <summary>JSON in UTF-8. Secrets in it are encrypted.</summary>
    public required ReadOnlyMemory<byte> Document { get; init; }
}

/// <summary>Kinds of resources. The numbers are stored.</summary>
internal enum ResourceKind
{
    Application = 1,
    EventType = 2,
    Endpoint = 3,
    Replay = 4,
    Key = 5,

    /// <summary>A call that had an Idempotency-Key, with its answer.</summary>
    Idempotency = 6,

    /// <summary>What is written to see whether anything can be.</summary>
    Probe = 7,
}

/// <summary>What came of a change to a resource.</summary>
internal enum ResourceWrite
{
    Done,

    /// <summary>Another of the kind has the name.</summary>
    NameTaken,

    /// <summary>It was changed meanwhile: read it again.</summary>
    Changed,

    /// <summary>It, or the parent it needs, does not exist.</summary>
    Missing,

    /// <summary>Its parent has as many of the kind as it may have.</summary>
    Full,
}
