using System.IO.Pipelines;

namespace Parley.AspNetCore.Transports.Sending;

/// <summary>Sends by a system call on the calling thread: no copy of a single frame, and no other thread to wake.</summary>
internal abstract class DirectFrameOutput : GatheringFrameOutput
{
    public override ValueTask<FlushResult> FlushAsync()
    {
        if (Count == 0)
            return default;

        var bytes = Count == 1 ? First! : FrameJoiner.Join(First!, More);
        Clear();
        return SendAsync(bytes);
    }

    /// <remarks>Nothing to do: the socket is closed with the link, and that ends what it sends.</remarks>
    public override void CancelPendingFlush()
    {
    }

    /// <summary>Sends bytes, or a copy of those that there is no room for now.</summary>
    /// <param name="bytes">Valid until this returns.</param>
    protected abstract ValueTask<FlushResult> SendAsync(ReadOnlyMemory<byte> bytes);
}
