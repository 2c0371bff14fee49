using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Parley.AspNetCore.Transports;
using Parley.Nodes;
using Parley.Protocol.Centrifuge;
using Parley.Sessions;
using Wire = Parley.Protocol.Centrifuge;

namespace Parley.AspNetCore.Protocols.Centrifuge;

/// <summary>The Centrifuge protocol v2 in JSON and Protobuf.</summary>
internal sealed class CentrifugeProtocol(Node node, ILogger<CentrifugeProtocol> logger) : IClientProtocol
{
    private readonly ConcurrentDictionary<(TransportFraming Framing, bool IsBinary), CentrifugeFormat> _formats = new();
    private readonly ConcurrentDictionary<CentrifugeFormat, Frame> _pings = new();

    public IProtocolHandler Open(IConnection connection, ClientContext context)
    {
        var format = _formats.GetOrAdd(
            (context.Framing, context.IsBinary),
            static key => new CentrifugeFormat(key.IsBinary ? CentrifugeCodec.Protobuf : CentrifugeCodec.Json, key.Framing));
        var ping = context.NativePing ?? _pings.GetOrAdd(format, static format => format.Reply(new Wire.Reply()));
        var session = new Session(node, connection, format, ping, allowsUnaskedPong: context.NativePing is not null);
        return new CentrifugeHandler(session, format, context, node.Clients.Concurrency, logger);
    }
}
