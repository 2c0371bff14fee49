using System.Buffers;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Parley.Diagnostics;
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
    HandshakeLimiter limiter,
    TimerWheel timers,
    IHostApplicationLifetime application,
    ILogger<WebSocketEndpoint> logger,
    ArrayPool<byte>? pool = null)
{
    private static readonly TimeSpan RetryAfterShutdown = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RetryAfterFull = TimeSpan.FromSeconds(5);

    private readonly OriginPolicy _origins = new(options.Value.Clients.AllowedOrigins);
    private readonly WebSocketSettings _settings = new()
    {
        MaxMessageBytes = options.Value.Clients.MaxMessageBytes,
        MaxQueuedBytes = options.Value.Clients.MaxQueuedBytes,
        Timers = timers,
        Logger = logger,
        Pool = pool ?? ArrayPool<byte>.Shared,
    };

    /// <summary>Serves one request; the task completes when the connection has ended.</summary>
    public Task HandleAsync(HttpContext context)
    {
        if (!WebSocketHandshake.TryRead(context, out var handshake, out var refusal)) return RefuseAsync(context, refusal);
        if (!_origins.Allows(context.Request.Headers.Origin, context.Request.Host.Value ?? ""))
            return RefuseAsync(context, WebSocketRefusal.ForeignOrigin);
        if (application.ApplicationStopping.IsCancellationRequested)
            return RefuseAsync(context, WebSocketRefusal.Unavailable("The server is stopping.", RetryAfterShutdown));
        if (!limiter.TryEnter(out var retryAfter))
            return RefuseAsync(context, WebSocketRefusal.Unavailable("The server takes no more connections now.", retryAfter));

        return ServeAsync(context, handshake);
    }

    private async Task ServeAsync(HttpContext context, WebSocketHandshake handshake)
    {
        try
        {
            // Its time would end while the connection is well. Kestrel lifts limits of its own by itself.
            context.Features.Get<IHttpRequestTimeoutFeature>()?.DisableTimeout();
            WriteHeaders(context.Response.Headers, handshake);
            WebSocketLink link;
            try
            {
                link = await WebSocketLink.AcceptAsync(context);
            }
            catch (InvalidOperationException) when (!context.Response.HasStarted)
            {
                await RefuseAsync(context, WebSocketRefusal.Unavailable("The host takes no more connections now.", RetryAfterFull));
                return;
            }

            var connection = new WebSocketConnection(link, _settings);
            await connection.RunAsync(protocol.Open(connection, Describe(context, handshake)));
        }
        finally
        {
            limiter.Leave();
        }
    }

    private Task RefuseAsync(HttpContext context, WebSocketRefusal refusal)
    {
        LogRefused(
            logger, refusal.Status, refusal.Reason, context.Connection.RemoteIpAddress, OriginOf(context));
        return refusal.WriteAsync(context.Response);
    }

    private static ClientContext Describe(HttpContext context, WebSocketHandshake handshake) => new()
    {
        Framing = handshake.IsBinary ? WebSocketFraming.Binary : WebSocketFraming.Text,
        IsBinary = handshake.IsBinary,
        AuthenticatedUser = UserOf(context.User),
        AuthenticatedUntil = context.Features.Get<IAuthenticateResultFeature>()?.AuthenticateResult?.Properties?.ExpiresUtc,
        NativePing = handshake.UsesNativePings ? WebSocketFrameWriter.EmptyPing : null,
        RemoteAddress = context.Connection.RemoteIpAddress,
        Origin = OriginOf(context),
    };

    private static string? OriginOf(HttpContext context) =>
        context.Request.Headers.Origin is { Count: > 0 } origin ? LogText.Clean(origin.ToString()) : null;

    private static string? UserOf(ClaimsPrincipal principal)
    {
        if (principal.Identity is not { IsAuthenticated: true } identity) return null;

        // The empty user is the anonymous one, whom authentication cannot have meant.
        var user = principal.FindFirst(ClaimTypes.NameIdentifier)?.Value ?? principal.FindFirst("sub")?.Value ?? identity.Name;
        return string.IsNullOrEmpty(user) ? null : user;
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
