using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace Parley.AspNetCore.Transports.Streams;

/// <summary>Ends connections of clients that are gone without a word: those that never send anything show it in no other way.</summary>
/// <remarks>
/// The pings of a one-way stream go unacknowledged then, which TCP alone bears for a quarter of an hour. Where the kernel can be told
/// (Linux, HTTP/1.1) it ends the connection after as long as other clients have for a pong. In HTTP/2 many requests share a connection,
/// and the host's own keep-alive pings are the means (Kestrel's <c>Http2.KeepAlivePingDelay</c>). A client that is there and reads nothing
/// until its window is full is ended in the same time: TCP does not tell the two apart.
/// </remarks>
internal static class AcknowledgementTimeout
{
    // Source: RFC 5482 and tcp(7).
    private const int Tcp = 6;
    private const int UserTimeout = 18;

    /// <summary>Sets the time for what was sent and is not acknowledged; zero: TCP's own.</summary>
    public static void Set(HttpContext context, TimeSpan timeout)
    {
        if (!OperatingSystem.IsLinux() || !HttpProtocol.IsHttp11(context.Request.Protocol)) return;

        try
        {
            context.Features.Get<IConnectionSocketFeature>()?.Socket
                .SetRawSocketOption(Tcp, UserTimeout, BitConverter.GetBytes((int)timeout.TotalMilliseconds));
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Not TCP, or just closed.
        }
    }
}
