namespace Parley.Client;

/// <summary>Which part of a channel's history to read.</summary>
public sealed record HistoryOptions
{
    /// <summary>Most publications to return; 0 for the position alone; negative for as many as the server gives. Default 0.</summary>
    public int Limit { get; init; }

    /// <summary>Begins after this position; null begins at the end of the stream that <see cref="Reverse"/> says. Default null.</summary>
    public StreamPosition? Since { get; init; }

    /// <summary>Newest first. Default oldest first.</summary>
    public bool Reverse { get; init; }
}
