using System.IO.Pipelines;

namespace Parley.AspNetCore.Transports.Sending;

/// <summary>Where a <see cref="FrameSender"/> puts its frames.</summary>
/// <remarks>Not thread-safe: the sender's lock is held around every call. A failed link shows as an exception or in the result.</remarks>
internal abstract class FrameOutput
{
    /// <summary>Puts a frame behind those that wait for the next flush. The array is not copied and must not change.</summary>
    public abstract void Write(byte[] frame);

    /// <summary>Sends what was written. Nothing is written and no other flush begins until it has completed.</summary>
    public abstract ValueTask<FlushResult> FlushAsync();

    /// <summary>Ends a flush that waits for the client, if the link's end does not do it by itself.</summary>
    public abstract void CancelPendingFlush();
}
