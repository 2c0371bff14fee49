using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Parley.AspNetCore.Protocols.Events;
using Parley.AspNetCore.Transports.Streams;
using Parley.Timing;

namespace Parley.AspNetCore.Transports.Events;

/// <summary>Serves <c>GET /connection/events?channel=…</c> to a browser's own EventSource, or to <c>curl -N</c>.</summary>
/// <remarks>What is wrong with a request is answered with a status: an EventSource does not try again then.</remarks>
internal sealed partial class EventEndpoint(
    EventProtocol protocol,
    IOptions<ParleyOptions> options,
    CrossOriginAccess access,
    ConnectionGate gate,
    TimerWheel timers,
    ILogger<EventEndpoint> logger)
{
    /// <summary>Methods of the endpoint, with commas.</summary>
    public const string Methods = "GET, OPTIONS";

    /// <summary>Longest id: proxies take header lines of 8 KiB.</summary>
    private const int MaxIdLength = 4096;

    /// <summary>About what a position takes in an id.</summary>
    private const int PositionLength = 32;

    private const string BearerPrefix = "Bearer ";
    private static readonly StreamKind Kind = new("events", IsEvents: true, IsUnidirectional: true);
    private static readonly TimeSpan ShortestRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RetryJitter = TimeSpan.FromSeconds(4);

    private readonly bool _takesTokenInQuery = options.Value.Clients.AllowTokenInQuery;
    private readonly int _maxChannels = options.Value.Clients.MaxChannels;
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
            CrossOriginAccess.AnswerPreflight(context, Methods);
            return Task.CompletedTask;
        }

        if (Read(context.Request, out var request) is { } refusal) return RefuseAsync(context, refusal);
        return gate.Enter() is { } closed ? RefuseAsync(context, closed) : ServeAsync(context, request, verdict);
    }

    private async Task ServeAsync(HttpContext context, EventRequest request, OriginVerdict verdict)
    {
        try
        {
            // Its time would end while the connection is well.
            context.Features.Get<IHttpRequestTimeoutFeature>()?.DisableTimeout();
            var client = ClientDescription.Describe(context, EventFraming.Instance, isBinary: false, verdict);
            var connection = new StreamConnection(Kind, context, client, _settings);
            var refusal = await RunAsync(context, connection, client, request);
            if (refusal is not null && !context.Response.HasStarted) await RefuseAsync(context, refusal);
        }
        finally
        {
            gate.Leave();
        }
    }

    /// <returns>Why nothing was sent; null when something was.</returns>
    private async Task<Refusal?> RunAsync(HttpContext context, StreamConnection connection, ClientContext client, EventRequest request)
    {
        var events = new EventConnection(connection);
        var handler = protocol.Open(events, client);
        connection.Attach(handler);
        try
        {
            if (await handler.ConnectAsync(request) is { } refusal) return refusal;

            events.Start(request.Positions.IntersectBy(handler.Resumable, static position => position.Key));
            await StreamResponse.BeginAsync(context, Kind, isBinary: false);
            await handler.BeginAsync(NextRetry());
            await connection.WaitAsync();
            return null;
        }
        finally
        {
            await connection.EndAsync();
        }
    }

    private static TimeSpan NextRetry() => ShortestRetry + (RetryJitter * Random.Shared.NextDouble());

    private Refusal? Read(HttpRequest http, out EventRequest request)
    {
        request = new EventRequest("", [], new Dictionary<string, StreamPosition>());
        var channels = http.Query["channel"].OfType<string>().Distinct(StringComparer.Ordinal).ToArray();
        if (channels.Any(static channel => channel.Length == 0)) return Refusal.Bad("'channel' must not be empty.");
        if (channels.Length > _maxChannels) return Refusal.Bad($"At most {_maxChannels} channels.");

        var token = http.Headers.Authorization.ToString();
        // Where the host has authenticated the request, a bearer token was its own.
        var isOurs = token.StartsWith(BearerPrefix, StringComparison.OrdinalIgnoreCase) && http.HttpContext.User.Identity?.IsAuthenticated != true;
        token = isOurs ? token[BearerPrefix.Length..].Trim() : "";
        if (http.Query["token"] is [{ Length: > 0 } inQuery])
        {
            if (!_takesTokenInQuery)
                return Refusal.Bad("A token in the address ends up in logs: send it as 'Authorization: Bearer …', or set Parley:Clients:AllowTokenInQuery.");
            token = inQuery;
        }

        // A page that was loaded anew has no Last-Event-ID, but may have kept the last id itself.
        var lastId = http.Headers["Last-Event-ID"] is [{ Length: > 0 } header] ? header : http.Query["last_event_id"].ToString();
        if (!EventId.TryRead(lastId, out var positions)) return Refusal.Bad("Last-Event-ID is not an id of this endpoint.");
        if (positions.Keys.Union(channels).Sum(static channel => Uri.EscapeDataString(channel).Length + PositionLength) > MaxIdLength)
            return Refusal.Bad($"The names of the channels are too long together for an id of {MaxIdLength} characters.");
        if (positions.Count > _maxChannels) return Refusal.Bad($"At most {_maxChannels} channels.");

        request = new EventRequest(token, channels, positions);
        return null;
    }

    private Task RefuseAsync(HttpContext context, Refusal refusal)
    {
        LogRefused(logger, refusal.Status, refusal.Reason, context.Connection.RemoteIpAddress, ClientDescription.OriginOf(context));
        return refusal.Status == StatusCodes.Status503ServiceUnavailable && IsEventSource(context.Request)
            ? AskToComeBackAsync(context)
            : refusal.WriteAsync(context.Response);
    }

    private static bool IsEventSource(HttpRequest request) =>
        request.Headers.Accept.ToString().Contains("text/event-stream", StringComparison.OrdinalIgnoreCase);

    /// <summary>An EventSource gives up for good at any status but 200 (HTML, section 9.2.3); a stream that ends makes it come back.</summary>
    private static async Task AskToComeBackAsync(HttpContext context)
    {
        await StreamResponse.BeginAsync(context, Kind, isBinary: false);
        await context.Response.BodyWriter.WriteAsync(EventFormat.Retry(NextRetry()).Bytes);
    }

    [LoggerMessage(EventId = 340, Level = LogLevel.Debug, Message = "A request for events was refused with {Status}: {Reason} (from {Remote}, origin {Origin})")]
    private static partial void LogRefused(ILogger logger, int status, string reason, System.Net.IPAddress? remote, string? origin);
}
