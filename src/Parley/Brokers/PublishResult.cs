namespace Parley.Brokers;

/// <summary>What became of a publication.</summary>
/// <param name="Position">Its position, <see cref="StreamPosition.None"/> when the channel keeps no history.</param>
/// <param name="IsSuppressed">True when it was not published because of its idempotency key or version.</param>
public readonly record struct PublishResult(StreamPosition Position, bool IsSuppressed = false);
