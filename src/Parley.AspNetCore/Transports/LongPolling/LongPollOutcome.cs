namespace Parley.AspNetCore.Transports.LongPolling;

/// <summary>What a request of long polling is answered with. With neither a refusal nor a batch it is done, and there is nothing to say.</summary>
/// <param name="Refusal">Why it is refused.</param>
/// <param name="Batch">What a poll gets.</param>
/// <param name="IsLast">Whether no batch comes after this one.</param>
/// <param name="IsBinary">Whether the batch is Protobuf.</param>
internal readonly record struct LongPollOutcome(Refusal? Refusal, Batch? Batch = null, bool IsLast = false, bool IsBinary = false);
