namespace Parley.Client;

/// <summary>Where in a channel's history a reader stands.</summary>
/// <param name="Offset">Number of the last publication seen; the first of a stream is 1, 0 is before it.</param>
/// <param name="Epoch">Names one life of the stream; positions of different epochs cannot be compared.</param>
public readonly record struct StreamPosition(ulong Offset, string Epoch);
