using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Parley.Timing;

namespace Parley.AspNetCore.Transports.Streams;

/// <summary>Turns requests into stream connections of a protocol, or refuses them.</summary>
/// <remarks>Source: Centrifuge protocol v2, transports: HTTP stream, SSE, and the unidirectional forms of both.</remarks>
internal sealed partial class StreamEndpoint(
    StreamKind kind,
    IClientProtocol protocol,
    StreamSessions sessions,
    IOptions<ParleyOptions> options,
    HandshakeLimiter limiter,
    TimerWheel timers,
    TimeProvider time,
    IHostApplicationLifetime application,
    ILogger<StreamEndpoint> logger)
{
    private const string ConnectParameter = "cf_connect";
    private static readonly TimeSpan RetryAfterShutdown = TimeSpan.FromSeconds(1);

    private readonly CrossOriginAccess _access = new(new OriginPolicy(options.Value.Clients.AllowedOrigins));
    private readonly StreamSettings _settings = new()
    {
        MaxMessageBytes = options.Value.Clients.MaxMessageBytes,
        MaxQueuedBytes = options.Value.Clients.MaxQueuedBytes,
        Timers = timers,
        Logger = logger,
    };

    /// <summary>Serves one request; the task completes when the connection has ended.</summary>
    public Task HandleAsync(HttpContext context)
    {
        var verdict = _access.Admit(context);
        if (verdict == OriginVerdict.Refused) return RefuseAsync(context, Refusal.ForeignOrigin);
        if (HttpMethods.IsOptions(context.Request.Method))
        {
            CrossOriginAccess.AnswerPreflight(context, kind.Methods);
            return Task.CompletedTask;
        }

        if (application.ApplicationStopping.IsCancellationRequested)
            return RefuseAsync(context, Refusal.Unavailable("The server is stopping.", RetryAfterShutdown));
        if (!limiter.TryEnter(out var retryAfter))
            return RefuseAsync(context, Refusal.Unavailable("The server takes no more connections now.", retryAfter));

        return ServeAsync(context, verdict);
    }

    private async Task ServeAsync(HttpContext context, OriginVerdict verdict)
    {
        string? secret = null;
        try
        {
            var (first, refusal) = await ReadFirstAsync(context.Request);
            if (first is null)
            {
                await RefuseAsync(context, refusal!);
                return;
            }

            // Its time would end while the connection is well.
            context.Features.Get<IHttpRequestTimeoutFeature>()?.DisableTimeout();
            var isBinary = !kind.IsEvents && !kind.IsUnidirectional && IsProtobuf(context.Request);
            await StreamResponse.BeginAsync(context, kind, isBinary);
            secret = kind.IsUnidirectional ? null : StreamSessions.NewSecret();
            var client = Describe(context, isBinary, verdict) with
            {
                SideSession = secret,
                IsFirstSafe = HttpMethods.IsGet(context.Request.Method),
            };
            var connection = new StreamConnection(kind, context, client, _settings);
            connection.Attach(protocol.Open(connection, client));
            if (secret is not null) sessions.Add(secret, connection);
            await connection.RunAsync(first);
        }
        finally
        {
            if (secret is not null) sessions.Remove(secret);
            limiter.Leave();
        }
    }

    private async ValueTask<(byte[]? First, Refusal? Refusal)> ReadFirstAsync(HttpRequest request)
    {
        if (HttpMethods.IsGet(request.Method))
        {
            if (request.Query[ConnectParameter] is not [{ Length: > 0 } text])
                return kind.IsUnidirectional ? ([], null) : (null, Refusal.Bad($"Give the connect command in '{ConnectParameter}'."));

            var bytes = Encoding.UTF8.GetBytes(text);
            return bytes.Length > _settings.MaxMessageBytes ? (null, Refusal.TooLarge) : (bytes, null);
        }

        // As long as a connection may stay without a connect command.
        using var patience = new CancellationTokenSource(options.Value.Clients.StaleTimeout, time);
        return await RequestBody.ReadAsync(request, _settings.MaxMessageBytes, patience.Token);
    }

    private ClientContext Describe(HttpContext context, bool isBinary, OriginVerdict verdict)
    {
        TransportFraming framing = kind.IsEvents ? EventFraming.Instance : isBinary ? BareFraming.Instance : LineFraming.Instance;
        return ClientDescription.Describe(context, framing, isBinary, verdict);
    }

    private Task RefuseAsync(HttpContext context, Refusal refusal)
    {
        LogRefused(logger, kind.Name, refusal.Status, refusal.Reason, context.Connection.RemoteIpAddress, ClientDescription.OriginOf(context));
        return refusal.WriteAsync(context.Response);
    }

    /// <summary>Whether a body is Protobuf; else it is JSON.</summary>
    internal static bool IsProtobuf(HttpRequest request) =>
        request.ContentType?.Split(';')[0].Trim().Equals(StreamResponse.Protobuf, StringComparison.OrdinalIgnoreCase) ?? false;

    [LoggerMessage(EventId = 331, Level = LogLevel.Debug, Message = "A request for {Transport} was refused with {Status}: {Reason} (from {Remote}, origin {Origin})")]
    private static partial void LogRefused(ILogger logger, string transport, int status, string reason, System.Net.IPAddress? remote, string? origin);
}
