using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Parley.AspNetCore.Sockets;
using Parley.AspNetCore.Transports.Sending;

namespace Parley.AspNetCore.Transports.WebSockets;

/// <summary>The bytes of an accepted WebSocket, and the way to cut it.</summary>
internal abstract class WebSocketLink
{
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
            return new SocketLink(await source.TakeAsync());

        // On Kestrel the connection's own pipes are right below the stream, with TLS already taken off: no copy and no buffer per
        // connection in between. Its parser has consumed the request and no more, and its output is in order with ours, as both
        // go through the same pipe.
        return features.Get<IConnectionTransportFeature>() is { } raw && HttpProtocol.IsHttp11(context.Request.Protocol)
            ? new PipeLink(raw.Transport.Input, raw.Transport.Output, lifetime, ownsPipes: false, FindSocket(features, raw.Transport))
            : Wrap(stream, lifetime);
    }

    /// <summary>Where frames are put. To be called once.</summary>
    public abstract FrameOutput CreateOutput();

    /// <summary>Says what is left of the last input, all of which was looked at: it comes again, in front of what follows.</summary>
    public abstract void Keep(ReadOnlySequence<byte> rest);

    /// <summary>Has the reader go on as if there were input. May be called at any time.</summary>
    public abstract void Wake();

    /// <summary>Cuts the link. May be called at any time.</summary>
    public abstract void Abort();

    /// <summary>Gives back what is ours. The host completes its own pipes.</summary>
    public abstract ValueTask CompleteAsync();

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

    private static PipeLink Wrap(Stream stream, IHttpRequestLifetimeFeature lifetime) => new(
        PipeReader.Create(stream, new StreamPipeReaderOptions(leaveOpen: true, useZeroByteReads: true)),
        PipeWriter.Create(stream, new StreamPipeWriterOptions(leaveOpen: true)),
        lifetime,
        ownsPipes: true);
}
