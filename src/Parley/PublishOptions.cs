namespace Parley;

/// <summary>How one publication is made.</summary>
public sealed record PublishOptions
{
    /// <summary>Leaves the publication out of the history; it then has no offset.</summary>
    public bool SkipHistory { get; init; }

    /// <summary>Short labels that subscribers get.</summary>
    public IReadOnlyDictionary<string, string>? Tags { get; init; }

    /// <summary>A second publication with the same key in the same channel within 5 minutes is answered like the first and not published.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>Version of the state in the data: one that is not above the channel's last is dropped. 0: not versioned. Needs history.</summary>
    public ulong Version { get; init; }

    /// <summary>Versions are compared within one version epoch only.</summary>
    public string? VersionEpoch { get; init; }
}
