using Microsoft.AspNetCore.Http;
using Parley.AspNetCore.Transports.Forwarding;
using Parley.Nodes;

namespace Parley.AspNetCore.Transports.Streams;

/// <summary>Hands messages beside streams over to the streams of this node, whichever node they came to.</summary>
internal sealed class EmulationHandler(StreamSessions sessions) : ITransportRequestHandler
{
    public const string TransportName = "emulation";

    public string Name => TransportName;

    public async ValueTask<NodeAnswer> HandleAsync(NodeRequest.Transport request, CancellationToken cancellationToken)
    {
        var ask = ForwardingJson.Read(request.Head, ForwardingJson.Default.EmulationAsk);
        // Not to be cancelled: commands run whether or not somebody waits, as where the client's connection breaks.
        var refusal = await ReceiveAsync(ask, request.Body);
        return refusal is null ? NodeAnswer.Done : new NodeAnswer { Head = ForwardingJson.Write(refusal, ForwardingJson.Default.Refusal) };
    }

    /// <summary>Decides whether a message may be taken, and has it worked through.</summary>
    /// <returns>Why it is not taken; null also when it was taken before, and for a stream that is not there.</returns>
    public async ValueTask<Refusal?> ReceiveAsync(EmulationAsk ask, ReadOnlyMemory<byte> message)
    {
        if (sessions.Find(ask.Session) is not { } connection)
            return null; // it has just ended, and the client knows or will know from its stream
        if (ask.User is { } user && user != connection.User)
            return new Refusal(StatusCodes.Status403Forbidden, "This session is another user's.");
        if (connection.IsBinary != ask.IsBinary)
            return Refusal.Bad("The stream of this session has the other encoding.");
        return await connection.ReceiveAsync(message);
    }
}
