namespace Parley.AspNetCore.Transports.LongPolling;

/// <summary>What a poll is answered with.</summary>
/// <param name="Status">Which kind of answer.</param>
/// <param name="Batch">The batch, if it is one.</param>
/// <param name="IsLast">Whether nothing comes after it.</param>
internal readonly record struct PollAnswer(PollStatus Status, Batch? Batch = null, bool IsLast = false);
