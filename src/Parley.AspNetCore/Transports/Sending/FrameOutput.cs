using System.IO.Pipelines;
using Parley.Sessions;

namespace Parley.AspNetCore.Transports.Sending;

/// <summary>Where a <see cref="FrameSender"/> puts its frames.</summary>
/// <remarks>Not thread-safe: the sender's lock is held around every call. A failed link shows as an exception or in the result.</remarks>
internal abstract class FrameOutput
{
    /// <summary>Puts a frame behind those that wait for the next flush. The array is not copied and must not change.</summary>
    public abstract void Write(byte[] frame);

    /// <summary>Sends what was written. Nothing is written and no other flush begins until it has completed.</summary>
    public abstract ValueTask<FlushResult> FlushAsync();

    /// <summary>Has what was written sent together with what other connections have, at the end of the thread's <see cref="FlushRound"/>.</summary>
    /// <param name="sender">Told when it was sent, on this thread, before anybody else is to write or flush.</param>
    /// <returns>False when it is to be flushed by itself.</returns>
    public virtual bool TryFlushWithOthers(IRoundSender sender) => false;

    /// <summary>Sends the rest of what was flushed with others, for which there was no room.</summary>
    /// <param name="rest">Valid until this returns.</param>
    public virtual ValueTask<FlushResult> FlushRestAsync(ReadOnlySpan<byte> rest) => throw new NotSupportedException();

    /// <summary>Ends a flush that waits for the client, if the link's end does not do it by itself.</summary>
    public abstract void CancelPendingFlush();
}
