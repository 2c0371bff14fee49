namespace Parley.Client;

/// <summary>Publications that a channel keeps.</summary>
/// <param name="Publications">In the order asked for.</param>
/// <param name="Position">The newest position of the channel, whatever was asked for.</param>
public sealed record HistoryPage(IReadOnlyList<Publication> Publications, StreamPosition Position);
