using System.Buffers;
using System.IO.Pipelines;

namespace Parley.AspNetCore.Transports.Sending;

/// <summary>Sends by a pipe of the host: whatever lies between it and the network is done by the host.</summary>
internal sealed class PipeFrameOutput(PipeWriter pipe) : FrameOutput
{
    public override void Write(byte[] frame) => pipe.Write(frame);

    public override ValueTask<FlushResult> FlushAsync() => pipe.FlushAsync();

    public override void CancelPendingFlush() => pipe.CancelPendingFlush();
}
