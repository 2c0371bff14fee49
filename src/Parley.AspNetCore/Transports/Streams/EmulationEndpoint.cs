using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Parley.Nodes;
using Parley.Protocol.Centrifuge;

namespace Parley.AspNetCore.Transports.Streams;

/// <summary>Takes the messages of clients whose frames go down a stream.</summary>
/// <remarks>
/// Source: Centrifuge protocol v2, emulation endpoint. The answer comes when the message was worked through; what is replied to it goes
/// down the stream.
/// </remarks>
internal sealed class EmulationEndpoint(
    Node node, StreamSessions sessions, CrossOriginAccess access, RequestBodyReader bodies, IOptions<ParleyOptions> options)
{
    /// <summary>Methods of the endpoint, with commas.</summary>
    public const string Methods = "POST, OPTIONS";

    /// <summary>What the envelope adds to a message: session, node, and the backslash before each quote of JSON in a string.</summary>
    private const int EnvelopeFactor = 2;
    private const int EnvelopeBytes = 1024;

    private readonly int _maxMessageBytes = options.Value.Clients.MaxMessageBytes;

    public async Task HandleAsync(HttpContext context)
    {
        var verdict = access.Admit(context);
        if (verdict == OriginVerdict.Refused)
        {
            await Refusal.ForeignOrigin.WriteAsync(context.Response);
        }
        else if (HttpMethods.IsOptions(context.Request.Method))
        {
            CrossOriginAccess.AnswerPreflight(context, Methods);
        }
        else if (await TakeAsync(context.Request, verdict) is { } refusal)
        {
            await refusal.WriteAsync(context.Response);
        }
        else
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        }
    }

    private async ValueTask<Refusal?> TakeAsync(HttpRequest request, OriginVerdict verdict)
    {
        var (body, refusal) = await bodies.ReadAsync(request, (EnvelopeFactor * _maxMessageBytes) + EnvelopeBytes);
        if (body is null) return refusal;

        var isBinary = MediaTypes.Is(request, MediaTypes.Protobuf);
        var codec = isBinary ? CentrifugeCodec.Protobuf : CentrifugeCodec.Json;
        if (!codec.TryReadEmulationRequest(body, out var message))
            return Refusal.Bad("The body must have session, node and data.");
        if (message.Data.Length > _maxMessageBytes)
            return Refusal.TooLarge;
        if (message.Node != node.Uid)
            return new Refusal(StatusCodes.Status404NotFound, "This node is not known: connect anew.");
        if (sessions.Find(message.Session) is not { } connection)
            return null; // it has just ended, and the client knows or will know from its stream
        if (ClientDescription.AuthenticatedUserOf(request.HttpContext, verdict) is { } user && user != connection.User)
            return new Refusal(StatusCodes.Status403Forbidden, "This session is another user's.");
        if (connection.IsBinary != isBinary)
            return Refusal.Bad("The stream of this session has the other encoding.");
        return await connection.ReceiveAsync(message.Data);
    }
}
