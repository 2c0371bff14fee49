using System.Buffers;
using System.IO.Pipelines;

namespace Parley.AspNetCore.Transports.Sending;

/// <summary>Sends by a pipe of the host: whatever lies between it and the network is done by the host.</summary>
internal sealed class PipeFrameOutput(PipeWriter pipe) : GatheringFrameOutput
{
    public override ValueTask<FlushResult> FlushAsync()
    {
        if (Count == 0)
            return default;

        // What is put off would keep a page of the host's for each connection. And behind a pipe with TLS is a stream, to which a frame
        // that is alone goes from its array.
        if (Count == 1)
        {
            var frame = First!;
            Clear();
            return pipe.WriteAsync(frame);
        }

        pipe.Write(FrameJoiner.Join(First!, More).Span);
        Clear();
        return pipe.FlushAsync();
    }

    public override void CancelPendingFlush() => pipe.CancelPendingFlush();
}
