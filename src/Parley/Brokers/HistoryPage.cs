namespace Parley.Brokers;

/// <summary>A part of a channel's history.</summary>
/// <param name="Publications">In the order asked for.</param>
/// <param name="Top">The position of the newest publication of the stream, whether still kept or not.</param>
/// <param name="IsComplete">
/// False when the position asked from is of another epoch or ahead of the top, or when the publication after it (before it, in
/// reverse) has been lost, so that no reader can continue from there. Publications are then empty. A full page that stopped at
/// its limit is complete, and so is one that asked from no position.
/// </param>
public sealed record HistoryPage(IReadOnlyList<Publication> Publications, StreamPosition Top, bool IsComplete);
