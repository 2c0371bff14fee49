using System.IO.Pipelines;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Parley.AspNetCore.Sockets;
using Parley.AspNetCore.Transports.Sending;

namespace Parley.AspNetCore.Transports.WebSockets;

/// <summary>The bytes of an accepted WebSocket, and the way to cut it.</summary>
/// <param name="Input">What the client sends.</param>
/// <param name="Output">What it gets; null when it is sent by the socket of the input.</param>
/// <param name="Lifetime">Aborts the request, and with it the link; not to be touched after the request has ended. Null when the link outlives it.</param>
/// <param name="OwnsPipes">Whether the pipes are of our making, around a stream of the host.</param>
/// <param name="Socket">The socket to which the output goes unchanged; null when there is none or something lies in between.</param>
internal readonly record struct WebSocketLink(
    PipeReader Input, PipeWriter? Output, IHttpRequestLifetimeFeature? Lifetime, bool OwnsPipes, Socket? Socket = null)
{
    /// <summary>Whether the socket was taken out of the web server: the request ends, and the link goes on without it.</summary>
    public bool OutlivesRequest => Input is SocketReader;

    /// <summary>Answers the handshake and takes the bytes over from the host.</summary>
    /// <exception cref="InvalidOperationException">The host allows no more upgraded connections.</exception>
    public static async ValueTask<WebSocketLink> AcceptAsync(HttpContext context)
    {
        var features = context.Features;
        var lifetime = features.GetRequiredFeature<IHttpRequestLifetimeFeature>();
        if (features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true } connect)
        {
            context.Response.StatusCode = StatusCodes.Status200OK;
            return Wrap(await connect.AcceptAsync(), lifetime);
        }

        var stream = await features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
        if (features.Get<ISocketSource>() is { CanTake: true } source)
            return new WebSocketLink(new SocketReader(await source.TakeAsync()), Output: null, Lifetime: null, OwnsPipes: true);

        // On Kestrel the connection's own pipes are right below the stream, with TLS already taken off: no copy and no buffer per
        // connection in between. Its parser has consumed the request and no more, and its output is in order with ours, as both
        // go through the same pipe.
        return features.Get<IConnectionTransportFeature>() is { } raw && HttpProtocol.IsHttp11(context.Request.Protocol)
            ? new WebSocketLink(raw.Transport.Input, raw.Transport.Output, lifetime, OwnsPipes: false, FindSocket(features, raw.Transport))
            : Wrap(stream, lifetime);
    }

    /// <summary>Where frames are put.</summary>
    public FrameOutput CreateOutput() => Input is SocketReader reader ? reader.CreateWriter() : new PipeFrameOutput(Output!);

    /// <summary>Cuts the link.</summary>
    public void Abort()
    {
        if (Input is SocketReader reader) reader.Abort();
        else Lifetime!.Abort();
    }

    /// <summary>Gives back what is ours. The host completes its own pipes.</summary>
    public async ValueTask CompleteAsync()
    {
        if (!OwnsPipes) return;

        try
        {
            await Input.CompleteAsync();
            if (Output is not null) await Output.CompleteAsync();
        }
        catch (Exception)
        {
            // The link was cut with bytes in the pipe. Whoever cares has logged it.
        }
    }

    /// <remarks>
    /// TLS, and connection middleware that changes or copies the bytes, put a writer of their own before the transport's, which is a
    /// plain pipe. Measured and tested on Linux; elsewhere the pipe is used.
    /// </remarks>
    private static Socket? FindSocket(IFeatureCollection features, IDuplexPipe transport) =>
        OperatingSystem.IsLinux()
        && features.Get<ITlsHandshakeFeature>() is null
        && transport.Output.GetType().DeclaringType == typeof(Pipe)
        && features.Get<IConnectionSocketFeature>() is { } feature and not HttpConnection
            ? feature.Socket
            : null;

    private static WebSocketLink Wrap(Stream stream, IHttpRequestLifetimeFeature lifetime) => new(
        PipeReader.Create(stream, new StreamPipeReaderOptions(leaveOpen: true, useZeroByteReads: true)),
        PipeWriter.Create(stream, new StreamPipeWriterOptions(leaveOpen: true)),
        lifetime,
        OwnsPipes: true);
}
