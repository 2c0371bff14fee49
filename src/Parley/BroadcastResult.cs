using Parley.Brokers;
using Parley.Sessions;

namespace Parley;

/// <summary>What became of a broadcast in one channel.</summary>
/// <param name="Result">The position; null when it failed.</param>
/// <param name="Error">Why it failed; null when it did not.</param>
public sealed record BroadcastResult(PublishResult? Result, ClientError? Error);
