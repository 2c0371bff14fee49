using System.Buffers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Parley.Timing;

namespace Parley.AspNetCore.Transports.WebSockets;

/// <summary>Turns requests into WebSocket connections of a protocol, or refuses them before they are upgraded.</summary>
/// <remarks>
/// To be mapped for GET (HTTP/1.1) and CONNECT (HTTP/2). What a client is sent and has not taken is bounded by
/// <c>MaxQueuedBytes</c> on top of the host's own write buffer, so that one (Kestrel: MaxResponseBufferSize) must have a bound too.
/// </remarks>
internal sealed partial class WebSocketEndpoint(
    IClientProtocol protocol,
    IOptions<ParleyOptions> options,
    OriginPolicy origins,
    ConnectionGate gate,
    TimerWheel timers,
    ILogger<WebSocketEndpoint> logger,
    ArrayPool<byte>? pool = null)
{
    private static readonly TimeSpan RetryAfterFull = TimeSpan.FromSeconds(5);

    private readonly WebSocketSettings _settings = new()
    {
        MaxMessageBytes = options.Value.Clients.MaxMessageBytes,
        MaxQueuedBytes = options.Value.Clients.MaxQueuedBytes,
        Timers = timers,
        Logger = logger,
        Gate = gate,
        Pool = pool ?? ArrayPool<byte>.Shared,
    };

    /// <summary>Serves one request; the task completes when the connection has ended.</summary>
    public Task HandleAsync(HttpContext context)
    {
        if (!WebSocketHandshake.TryRead(context, out var handshake, out var refusal)) return RefuseAsync(context, refusal);
        var verdict = origins.Judge(context.Request.Headers.Origin, context.Request.Host.Value ?? "");
        if (verdict == OriginVerdict.Refused)
            return RefuseAsync(context, Refusal.ForeignOrigin);
        return gate.Enter() is { } closed ? RefuseAsync(context, closed) : ServeAsync(context, handshake, verdict);
    }

    private async Task ServeAsync(HttpContext context, WebSocketHandshake handshake, OriginVerdict verdict)
    {
        var goesOn = false;
        try
        {
            // Its time would end while the connection is well. Kestrel lifts limits of its own by itself.
            context.Features.Get<IHttpRequestTimeoutFeature>()?.DisableTimeout();
            WriteHeaders(context.Response.Headers, handshake);
            var client = Describe(context, handshake, verdict);
            WebSocketLink link;
            try
            {
                link = await WebSocketLink.AcceptAsync(context);
            }
            catch (InvalidOperationException) when (!context.Response.HasStarted)
            {
                await RefuseAsync(context, Refusal.Unavailable("The host takes no more connections now.", RetryAfterFull));
                return;
            }

            var connection = new WebSocketConnection(link, _settings);
            var handler = await OpenAsync(connection, client, link);
            if (link is PipeLink pipe)
            {
                await connection.RunAsync(pipe, handler);
                return;
            }

            goesOn = true;
            Begin(connection, handler);
        }
        finally
        {
            if (!goesOn)
                gate.Leave();
        }
    }

    private async ValueTask<IProtocolHandler> OpenAsync(WebSocketConnection connection, ClientContext client, WebSocketLink link)
    {
        try
        {
            return protocol.Open(connection, client);
        }
        catch
        {
            // Nobody else knows of a socket that has left the host.
            await link.CompleteAsync();
            throw;
        }
    }

    /// <summary>Serves a connection whose request ends now.</summary>
    private static void Begin(WebSocketConnection connection, IProtocolHandler handler)
    {
        // What is ambient (the request, its activity) must not be kept for as long as the connection lives.
        using (ExecutionContext.SuppressFlow())
            connection.Begin(handler);
    }

    private Task RefuseAsync(HttpContext context, Refusal refusal)
    {
        LogRefused(
            logger, refusal.Status, refusal.Reason, context.Connection.RemoteIpAddress, ClientDescription.OriginOf(context));
        return refusal.WriteAsync(context.Response);
    }

    private static ClientContext Describe(HttpContext context, WebSocketHandshake handshake, OriginVerdict verdict)
    {
        var framing = handshake.IsBinary ? WebSocketFraming.Binary : WebSocketFraming.Text;
        return ClientDescription.Describe(context, framing, handshake.IsBinary, verdict) with
        {
            NativePing = handshake.UsesNativePings ? WebSocketFrameWriter.EmptyPing : null,
        };
    }

    private static void WriteHeaders(IHeaderDictionary headers, WebSocketHandshake handshake)
    {
        if (handshake.Accept is not null)
        {
            headers.Upgrade = "websocket";
            headers.SecWebSocketAccept = handshake.Accept;
        }

        if (handshake.SubProtocol is not null) headers.SecWebSocketProtocol = handshake.SubProtocol;
    }
}
