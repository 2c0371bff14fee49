namespace Parley.AspNetCore.Tests.Stress;

/// <summary>One thing that a client was told.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Channel">Index of the channel.</param>
/// <param name="Number">
/// The id of a publication, the number of the subscription that begins or ends, what must have arrived before the server ended it, or the code
/// of a close.
/// </param>
/// <param name="Offset">Of a publication; 0: none.</param>
internal readonly record struct Received(ReceivedKind Kind, int Channel = 0, long Number = 0, ulong Offset = 0);

internal enum ReceivedKind : byte
{
    Subscribed,
    Publication,
    JoinOrLeave,
    Unsubscribed,
    UnsubscribedByServer,
    Ping,
    Closed,
}
