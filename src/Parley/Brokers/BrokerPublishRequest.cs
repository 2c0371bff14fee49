namespace Parley.Brokers;

/// <summary>One publication on its way into a broker, with the history options of its channel.</summary>
public readonly record struct BrokerPublishRequest
{
    /// <summary>Makes a publication without history.</summary>
    public BrokerPublishRequest()
    {
    }

    /// <summary>The payload. The broker keeps it: the caller must not change it afterwards.</summary>
    public required ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>Whether <see cref="Data"/> has been found to be one JSON value.</summary>
    internal bool IsKnownJson { get; init; }

    /// <summary>The publishing client; null when the application publishes.</summary>
    public ClientInfo? Info { get; init; }

    /// <summary>Labels of the publication.</summary>
    public IReadOnlyDictionary<string, string>? Tags { get; init; }

    /// <summary>Most publications to keep in the channel; 0 keeps none and gives no offset.</summary>
    public int HistorySize { get; init; }

    /// <summary>How long publications are kept, counted from the newest one; zero keeps none.</summary>
    public TimeSpan HistoryTtl { get; init; }

    /// <summary>How long an untouched stream keeps its offset and epoch, never less than its publications. Default 30 days.</summary>
    public TimeSpan HistoryMetaTtl { get; init; } = TimeSpan.FromDays(30);

    /// <summary>A second publication with the same key in the same channel is answered like the first and not published.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>How long an idempotency key is remembered. Default 5 minutes.</summary>
    public TimeSpan IdempotencyWindow { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Version of the state in the payload: one that is not above the channel's last is dropped. 0: not versioned.</summary>
    public ulong Version { get; init; }

    /// <summary>Versions are compared within one version epoch only; a new one starts over.</summary>
    public string? VersionEpoch { get; init; }

    /// <summary>Whether the publication enters the history.</summary>
    public bool HasHistory => HistorySize > 0 && HistoryTtl > TimeSpan.Zero;
}
