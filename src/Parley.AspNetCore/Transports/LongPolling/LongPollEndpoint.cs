using System.Buffers;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using Parley.AspNetCore.Transports.Forwarding;
using Parley.AspNetCore.Transports.Streams;
using Parley.Nodes;
using Parley.Timing;

namespace Parley.AspNetCore.Transports.LongPolling;

/// <summary>Serves the requests of long polling. Source: docs/protocol/long-polling.md.</summary>
/// <remarks>To be mapped for every method.</remarks>
internal sealed partial class LongPollEndpoint(
    IClientProtocol protocol,
    string nodeId,
    LongPollSessions sessions,
    LongPollHandler handler,
    NodeForwarder forwarder,
    IOptions<ParleyOptions> options,
    CrossOriginAccess access,
    ConnectionGate gate,
    RequestBodyReader bodies,
    TimerWheel timers,
    TimeProvider time,
    ILogger<LongPollEndpoint> logger)
{
    private const string Methods = "POST, DELETE, OPTIONS";

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

        var ask = new LongPollAsk(
            asked.Session,
            ClientDescription.AuthenticatedUserOf(context, verdict),
            EncodingOf(request) == true,
            asked.Ack,
            asked.Seq,
            asked.Wait,
            isEnd);
        return await ContinueAsync(context, asked.Node, ask);
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
            return await AnswerAsync(
                context.Response, await LongPollHandler.PollAsync(connection, ack: 0, asked.Wait, first, context.RequestAborted));
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
        sessions.Add(connection);
        connection.Start(handler);
        return connection;
    }

    private void OnEnded(LongPollConnection connection)
    {
        sessions.Remove(connection);
        gate.Leave();
    }

    private async ValueTask<Refusal?> ContinueAsync(HttpContext context, string node, LongPollAsk ask)
    {
        var isHere = node == nodeId;
        // Before the body is read, which nobody is to send for nothing.
        var mayBe = isHere ? handler.Has(ask.Session, ask.User) : NodeId.IsPlausible(node) && SessionSecret.IsPlausible(ask.Session);
        if (!mayBe) return LongPollRefusals.Unknown;

        var (body, refusal) = ask.IsEnd ? ([], null) : await ReadAsync(context.Request, ask);
        if (body is null) return refusal;
        if (isHere) return await AnswerAsync(context.Response, await handler.ServeAsync(ask, body, context.RequestAborted));

        return await AnswerAsync(context.Response, await ForwardAsync(context, node, ask, body));
    }

    private async ValueTask<(byte[]? Body, Refusal? Refusal)> ReadAsync(HttpRequest request, LongPollAsk ask)
    {
        var (body, refusal) = await bodies.ReadAsync(request, _settings.MaxMessageBytes);
        if (body is null) return (null, refusal);
        if ((body.Length > 0) != ask.Seq.HasValue) return (null, Refusal.Bad($"{LongPollHeaders.Seq} and a body with commands go together."));
        if (ask is { Seq: null, Ack: null })
            return (null, Refusal.Bad($"Poll with {LongPollHeaders.Ack}, or send with {LongPollHeaders.Seq}, or both."));
        return body.Length > 0 && EncodingOf(request) is null ? (null, LongPollRefusals.OtherEncoding) : (body, null);
    }

    private async ValueTask<LongPollOutcome> ForwardAsync(HttpContext context, string node, LongPollAsk ask, byte[] body)
    {
        var isPoll = ask is { Ack: not null, IsEnd: false };
        if (!isPoll || !forwarder.Stopping.IsCancellationRequested) return await ForwardAsync(context, node, ask, body, isHeld: isPoll);

        // What there is comes at once. Who would else come back for nothing, again and again, does so when another node gets the requests.
        var outcome = await ForwardAsync(context, node, ask with { Wait = TimeSpan.Zero }, body, isHeld: false);
        return outcome == default && ask.Seq is null ? new(NodeForwarder.IsStopping) : outcome;
    }

    private async ValueTask<LongPollOutcome> ForwardAsync(HttpContext context, string node, LongPollAsk ask, byte[] body, bool isHeld)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, forwarder.Stopping);
        var request = new NodeRequest.Transport(LongPollHandler.TransportName, ForwardingJson.Write(ask, ForwardingJson.Default.LongPollAsk))
        {
            Body = body,
            Hold = isHeld ? ask.Wait : TimeSpan.Zero,
        };
        try
        {
            // What does not wait is not given up: it is done in any case.
            var until = isHeld ? over.Token : CancellationToken.None;
            var (answer, refusal) = await forwarder.AskAsync(node, request, LongPollRefusals.Unknown, until);
            return answer is null ? new(refusal) : LongPollAnswerHead.Read(answer);
        }
        catch (InvalidDataException)
        {
            // The other node is of a version that answers in another way: as good as none.
            return new(LongPollRefusals.Unknown);
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            // A poll may come again at once, and goes to a node that stays. Nobody has said that commands were taken.
            return ask.Seq is null ? default : new(NodeForwarder.IsStopping);
        }
    }

    private static async ValueTask<Refusal?> AnswerAsync(HttpResponse response, LongPollOutcome outcome)
    {
        if (outcome.Batch is { } batch) await WriteAsync(response, batch, outcome.IsLast, outcome.IsBinary);
        else response.StatusCode = StatusCodes.Status204NoContent;
        return outcome.Refusal;
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
