using System.Collections.Concurrent;
using Parley.AspNetCore.Protocols.Centrifuge.Recovery;
using Parley.AspNetCore.Transports;
using Parley.Nodes;
using Parley.Protocol.Centrifuge;
using Parley.Sessions;
using Wire = Parley.Protocol.Centrifuge;

namespace Parley.AspNetCore.Protocols.Centrifuge;

/// <summary>The Centrifuge protocol v2 for clients that send one connect request and then only listen, in JSON.</summary>
internal sealed class UnidirectionalProtocol(Node node, RecoveryCache recovery) : IClientProtocol
{
    private readonly ConcurrentDictionary<TransportFraming, CentrifugeFormat> _formats = new();
    private readonly ConcurrentDictionary<CentrifugeFormat, Frame> _pings = new();

    public IProtocolHandler Open(IConnection connection, ClientContext context)
    {
        var format = _formats.GetOrAdd(
            context.Framing,
            static (framing, recovery) => new CentrifugeFormat(CentrifugeCodec.Json, framing, recovery, isUnidirectional: true),
            recovery);
        var ping = _pings.GetOrAdd(format, static format => format.Push(new Wire.Push()));
        return new UnidirectionalHandler(new Session(node, connection, format, ping, context.Remote, PongRule.None), format, context);
    }
}
