using System.Buffers;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using Parley.AspNetCore.Transports.Streams;
using Parley.Timing;

namespace Parley.AspNetCore.Transports.LongPolling;

/// <summary>Serves the requests of long polling. Source: docs/protocol/long-polling.md.</summary>
/// <remarks>To be mapped for every method.</remarks>
internal sealed partial class LongPollEndpoint(
    IClientProtocol protocol,
    string nodeId,
    IOptions<ParleyOptions> options,
    CrossOriginAccess access,
    ConnectionGate gate,
    RequestBodyReader bodies,
    TimerWheel timers,
    TimeProvider time,
    ILogger<LongPollEndpoint> logger)
{
    private const string Methods = "POST, DELETE, OPTIONS";

    private readonly LongPollSessions _sessions = new();
    private readonly LongPollSettings _settings = new()
    {
        MaxMessageBytes = options.Value.Clients.MaxMessageBytes,
        MaxQueuedBytes = options.Value.Clients.MaxQueuedBytes,
        Timers = timers,
        Time = time,
        Logger = logger,
    };

    /// <summary>Serves one request.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        var verdict = access.Admit(context);
        if (await ServeAsync(context, verdict) is not { } refusal) return;

        LogRefused(
            logger, refusal.Status, refusal.Reason, context.Connection.RemoteIpAddress, ClientDescription.OriginOf(context));
        await refusal.WriteAsync(context.Response);
    }

    private async ValueTask<Refusal?> ServeAsync(HttpContext context, OriginVerdict verdict)
    {
        if (verdict == OriginVerdict.Refused) return Refusal.ForeignOrigin;

        var request = context.Request;
        var headers = context.Response.Headers;
        if (request.Headers.Origin.Count > 0) headers.AccessControlExposeHeaders = LongPollHeaders.Exposed;
        if (HttpMethods.IsOptions(request.Method))
        {
            CrossOriginAccess.AnswerPreflight(context, Methods);
            headers.AccessControlAllowHeaders = LongPollHeaders.Allowed;
            return null;
        }

        var isEnd = HttpMethods.IsDelete(request.Method);
        if (!isEnd && !HttpMethods.IsPost(request.Method))
            return new Refusal(StatusCodes.Status405MethodNotAllowed, "Use POST, or DELETE to end a session.", HeaderNames.Allow, Methods);
        if (!LongPollRequest.TryRead(request.Headers, _settings.Hold, out var asked, out var refusal)) return refusal;

        // It is held for longer than requests usually take.
        context.Features.Get<IHttpRequestTimeoutFeature>()?.DisableTimeout();
        headers["X-Accel-Buffering"] = "no";
        if (asked.Session is null)
            return isEnd ? Refusal.Bad($"{LongPollHeaders.Session} says which session to end.") : await OpenAsync(context, verdict, asked);

        var user = ClientDescription.AuthenticatedUserOf(context, verdict);
        if (asked.Node != nodeId || _sessions.Find(asked.Session, user) is not { } connection) return LongPollRefusals.Unknown;
        if (!isEnd) return await ContinueAsync(context, connection, asked);

        connection.End();
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return null;
    }

    private async ValueTask<Refusal?> OpenAsync(HttpContext context, OriginVerdict verdict, LongPollRequest asked)
    {
        if (EncodingOf(context.Request) is not { } isBinary) return LongPollRefusals.OtherEncoding;
        if (gate.Enter() is { } closed) return closed;

        LongPollConnection? connection = null;
        try
        {
            var (body, refusal) = await bodies.ReadAsync(context.Request, _settings.MaxMessageBytes);
            if (body is null) return refusal;
            if (body.Length == 0) return Refusal.Bad("The body must have the commands that open the session.");

            connection = Open(context, verdict, isBinary);
            var first = new Message(body);
            connection.TakeFirst(first);
            context.Response.Headers[LongPollHeaders.Session] = connection.Secret;
            context.Response.Headers[LongPollHeaders.Node] = nodeId;
            return await PollAsync(context, connection, ack: 0, asked.Wait, first);
        }
        finally
        {
            if (connection is null) gate.Leave();
        }
    }

    private LongPollConnection Open(HttpContext context, OriginVerdict verdict, bool isBinary)
    {
        TransportFraming framing = isBinary ? BareFraming.Instance : LineFraming.Instance;
        var client = ClientDescription.Describe(context, framing, isBinary, verdict) with { NativePing = LongPollConnection.Ping };
        var connection = new LongPollConnection(SessionSecret.Create(), client.AuthenticatedUser, isBinary, _settings, OnEnded);
        var handler = protocol.Open(connection, client);
        _sessions.Add(connection);
        connection.Start(handler);
        return connection;
    }

    private void OnEnded(LongPollConnection connection)
    {
        _sessions.Remove(connection);
        gate.Leave();
    }

    private async ValueTask<Refusal?> ContinueAsync(HttpContext context, LongPollConnection connection, LongPollRequest asked)
    {
        var (body, unread) = await bodies.ReadAsync(context.Request, _settings.MaxMessageBytes);
        if (body is null) return unread;
        if ((body.Length > 0) != asked.Seq.HasValue) return Refusal.Bad($"{LongPollHeaders.Seq} and a body with commands go together.");
        if (asked is { Seq: null, Ack: null }) return Refusal.Bad($"Poll with {LongPollHeaders.Ack}, or send with {LongPollHeaders.Seq}, or both.");
        if (body.Length > 0 && EncodingOf(context.Request) != connection.IsBinary) return LongPollRefusals.OtherEncoding;

        Message? message = null;
        if (asked.Seq is { } number)
        {
            message = new Message(body);
            connection.Touch();
            var refusal = connection.Take(number, message, out var lastTaken) switch
            {
                TakeStatus.Gap => LongPollRefusals.Gap(lastTaken),
                TakeStatus.Busy => LongPollRefusals.Busy,
                // Who polls too learns why by the batch.
                TakeStatus.Closed when asked.Ack is null => LongPollRefusals.Closed,
                _ => null,
            };
            if (refusal is not null) return refusal;
        }

        if (asked.Ack is { } ack) return await PollAsync(context, connection, ack, asked.Wait, message);

        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return null;
    }

    private static async ValueTask<Refusal?> PollAsync(
        HttpContext context, LongPollConnection connection, long ack, TimeSpan wait, Message? own)
    {
        var answer = await connection.PollAsync(ack, wait, own, context.RequestAborted);
        switch (answer.Status)
        {
            case PollStatus.Unknown:
                return LongPollRefusals.Unknown;
            case PollStatus.Superseded:
                return LongPollRefusals.Superseded;
            case PollStatus.Wrong:
                return Refusal.Bad($"{LongPollHeaders.Ack} names a batch that was not sent.");
            case PollStatus.Empty:
                context.Response.StatusCode = StatusCodes.Status204NoContent;
                return null;
        }

        await WriteAsync(context.Response, answer.Batch!, answer.IsLast, connection.IsBinary);
        return null;
    }

    private static async ValueTask WriteAsync(HttpResponse response, Batch batch, bool isLast, bool isBinary)
    {
        response.ContentType = isBinary ? MediaTypes.Protobuf : MediaTypes.Json;
        response.ContentLength = batch.Length;
        response.Headers[LongPollHeaders.Batch] = batch.Number.ToString(CultureInfo.InvariantCulture);
        if (isLast) response.Headers[LongPollHeaders.Last] = "1";
        foreach (var frame in batch.Frames)
            response.BodyWriter.Write(frame);
        await response.BodyWriter.FlushAsync();
    }

    /// <returns>Whether the body is Protobuf; null when it is neither that nor JSON, as all that a form of another site can send.</returns>
    private static bool? EncodingOf(HttpRequest request) =>
        MediaTypes.Is(request, MediaTypes.Protobuf) ? true : MediaTypes.Is(request, MediaTypes.Json) ? false : null;
}
