namespace Parley.AspNetCore.Transports.LongPolling;

/// <summary>Frames that were handed out together, and are kept until the client says that it has them.</summary>
/// <param name="Number">Counted from 1.</param>
/// <param name="Frames">Not copied, and not to be changed.</param>
/// <param name="Length">Bytes of all frames.</param>
internal sealed record Batch(long Number, IReadOnlyList<byte[]> Frames, int Length);
