using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http.Features;
using Parley.AspNetCore.Transports.Sending;

namespace Parley.AspNetCore.Transports.WebSockets;

/// <summary>The link of a WebSocket whose bytes go through pipes of the host or around a stream of it.</summary>
/// <param name="input">What the client sends.</param>
/// <param name="output">What it gets.</param>
/// <param name="lifetime">Aborts the request, and with it the link; not to be touched after the request has ended.</param>
/// <param name="ownsPipes">Whether the pipes are of our making, around a stream of the host.</param>
/// <param name="socket">The socket to which the output goes unchanged; null when there is none or something lies in between.</param>
internal sealed class PipeLink(
    PipeReader input, PipeWriter output, IHttpRequestLifetimeFeature lifetime, bool ownsPipes, Socket? socket = null) : WebSocketLink
{
    public override FrameOutput CreateOutput() => new PipeFrameOutput(output);

    /// <summary>Waits for the client's first bytes.</summary>
    /// <returns>Where frames are to be put from then on; null: where they were put until then.</returns>
    /// <remarks>
    /// A client's socket is not written to before, because the answer to the handshake may still be on its way through the host's pipe. A
    /// client waits for that answer (RFC 6455, section 4.1); one that sent its first frame with the handshake has not, and stays with the pipe.
    /// </remarks>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<FrameOutput?> StartAsync()
    {
        if (socket is null) return null;

        var read = input.ReadAsync();
        var isEarly = read.IsCompleted;
        var result = await read;
        input.AdvanceTo(result.Buffer.Start); // not looked at: the next read gives the same bytes
        return !isEarly && !result.Buffer.IsEmpty ? new SocketFrameOutput(socket) : null;
    }

    public ValueTask<ReadResult> ReadAsync() => input.ReadAsync();

    public override void Keep(ReadOnlySequence<byte> rest) => input.AdvanceTo(rest.Start, rest.End);

    public override void Wake() => input.CancelPendingRead();

    public override void Abort() => lifetime.Abort();

    public override async ValueTask CompleteAsync()
    {
        if (!ownsPipes) return;

        try
        {
            await input.CompleteAsync();
            await output.CompleteAsync();
        }
        catch (Exception)
        {
            // The link was cut with bytes in the pipe. Whoever cares has logged it.
        }
    }
}
