namespace Parley.Brokers;

/// <summary>What to read from a channel's history.</summary>
public sealed record HistoryQuery
{
    /// <summary>Most publications to return; 0 reads the position only, -1 all that are kept.</summary>
    public required int Limit { get; init; }

    /// <summary>
    /// Read what comes after this position (before it with <see cref="Reverse"/>), itself excluded; null: from the oldest
    /// (newest). An empty epoch stands for whichever the stream has.
    /// </summary>
    public StreamPosition? Since { get; init; }

    /// <summary>Newest first.</summary>
    public bool Reverse { get; init; }

    /// <summary>
    /// How long an untouched stream keeps its offset and epoch, never less than its publications. One that never had a publication may
    /// go sooner. Default 30 days.
    /// </summary>
    public TimeSpan HistoryMetaTtl { get; init; } = TimeSpan.FromDays(30);
}
