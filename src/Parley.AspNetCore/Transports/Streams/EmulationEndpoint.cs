using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Parley.AspNetCore.Transports.Forwarding;
using Parley.Nodes;
using Parley.Protocol.Centrifuge;

namespace Parley.AspNetCore.Transports.Streams;

/// <summary>Takes the messages of clients whose frames go down a stream.</summary>
/// <remarks>
/// Source: Centrifuge protocol v2, emulation endpoint. The answer comes when the message was worked through; what is replied to it goes
/// down the stream, which may be one of another node.
/// </remarks>
internal sealed class EmulationEndpoint(
    Node node, EmulationHandler handler, NodeForwarder forwarder, CrossOriginAccess access, RequestBodyReader bodies, IOptions<ParleyOptions> options)
{
    /// <summary>Methods of the endpoint, with commas.</summary>
    public const string Methods = "POST, OPTIONS";

    /// <summary>What the envelope adds to a message: session, node, and the backslash before each quote of JSON in a string.</summary>
    private const int EnvelopeFactor = 2;
    private const int EnvelopeBytes = 1024;

    /// <summary>How long another node may work on a message before the client is told to connect anew: its turn, and what its commands do.</summary>
    private static readonly TimeSpan LongestWork = TimeSpan.FromSeconds(10);

    private static readonly Refusal UnknownNode = new(StatusCodes.Status404NotFound, "This node is not known: connect anew.");

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

        var user = ClientDescription.AuthenticatedUserOf(request.HttpContext, verdict);
        var ask = new EmulationAsk(message.Session, user, isBinary);
        if (message.Node == node.Uid) return await handler.ReceiveAsync(ask, message.Data);
        if (!NodeId.IsPlausible(message.Node)) return UnknownNode;
        // As its node would answer.
        return SessionSecret.IsPlausible(ask.Session) ? await ForwardAsync(message.Node, ask, message.Data) : null;
    }

    private async ValueTask<Refusal?> ForwardAsync(string to, EmulationAsk ask, ReadOnlyMemory<byte> message)
    {
        var request = new NodeRequest.Transport(EmulationHandler.TransportName, ForwardingJson.Write(ask, ForwardingJson.Default.EmulationAsk))
        {
            Body = message,
            Hold = LongestWork,
        };
        // Not given up when the client goes, so that it counts as long as it is there.
        var (answer, refusal) = await forwarder.AskAsync(to, request, UnknownNode, CancellationToken.None);
        try
        {
            return answer is { Head: { } head } ? ForwardingJson.Read(head, ForwardingJson.Default.Refusal) : refusal;
        }
        catch (InvalidDataException)
        {
            // The other node is of a version that answers in another way: as good as none.
            return UnknownNode;
        }
    }
}
