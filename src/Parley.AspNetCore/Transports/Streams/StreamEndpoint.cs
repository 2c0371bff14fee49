using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Timeouts;
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
    CrossOriginAccess access,
    ConnectionGate gate,
    RequestBodyReader bodies,
    TimerWheel timers,
    ILogger<StreamEndpoint> logger)
{
    private const string ConnectParameter = "cf_connect";

    private readonly int _maxMessageBytes = options.Value.Clients.MaxMessageBytes;
    private readonly StreamSettings _settings = new()
    {
        MaxQueuedBytes = options.Value.Clients.MaxQueuedBytes,
        AcknowledgementTimeout = options.Value.Clients.PongTimeout,
        Timers = timers,
        Logger = logger,
    };

    /// <summary>Serves one request; the task completes when the connection has ended.</summary>
    public Task HandleAsync(HttpContext context)
    {
        var verdict = access.Admit(context);
        if (verdict == OriginVerdict.Refused) return RefuseAsync(context, Refusal.ForeignOrigin);
        if (HttpMethods.IsOptions(context.Request.Method))
        {
            CrossOriginAccess.AnswerPreflight(context, kind.Methods);
            return Task.CompletedTask;
        }

        return gate.Enter() is { } closed ? RefuseAsync(context, closed) : ServeAsync(context, verdict);
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
            var isBinary = !kind.IsEvents && !kind.IsUnidirectional && MediaTypes.Is(context.Request, MediaTypes.Protobuf);
            await StreamResponse.BeginAsync(context, kind, isBinary);
            secret = kind.IsUnidirectional ? null : SessionSecret.Create();
            var client = Describe(context, isBinary, verdict) with
            {
                SideSession = secret,
                IsFirstSafe = HttpMethods.IsGet(context.Request.Method),
            };
            var connection = new StreamConnection(kind, context, client, _settings);
            connection.Attach(protocol.Open(connection, client));
            if (secret is not null) sessions.Add(secret, connection);
            var running = connection.RunAsync(first);
            first = null; // not to be kept for as long as the stream lives
            await running;
        }
        finally
        {
            if (secret is not null) sessions.Remove(secret);
            gate.Leave();
        }
    }

    private async ValueTask<(byte[]? First, Refusal? Refusal)> ReadFirstAsync(HttpRequest request)
    {
        if (HttpMethods.IsGet(request.Method))
        {
            if (request.Query[ConnectParameter] is not [{ Length: > 0 } text])
                return kind.IsUnidirectional ? ([], null) : (null, Refusal.Bad($"Give the connect command in '{ConnectParameter}'."));

            var bytes = Encoding.UTF8.GetBytes(text);
            return bytes.Length > _maxMessageBytes ? (null, Refusal.TooLarge) : (bytes, null);
        }

        return await bodies.ReadAsync(request, _maxMessageBytes);
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

    [LoggerMessage(EventId = 331, Level = LogLevel.Debug, Message = "A request for {Transport} was refused with {Status}: {Reason} (from {Remote}, origin {Origin})")]
    private static partial void LogRefused(ILogger logger, string transport, int status, string reason, System.Net.IPAddress? remote, string? origin);
}
