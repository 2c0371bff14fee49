using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Parley.AspNetCore.Protocols.Centrifuge.Recovery;
using Parley.AspNetCore.Transports;
using Parley.Nodes;
using Parley.Protocol.Centrifuge;
using Parley.Sessions;
using Wire = Parley.Protocol.Centrifuge;

namespace Parley.AspNetCore.Protocols.Centrifuge;

/// <summary>The Centrifuge protocol v2 in JSON and Protobuf.</summary>
internal sealed class CentrifugeProtocol(Node node, RecoveryCache recovery, ILogger<CentrifugeProtocol> logger) : IClientProtocol
{
    /// <summary>What the connect reply says of the server.</summary>
    public static readonly string ServerVersion = $"{Node.Version} Parley";

    private readonly ConcurrentDictionary<(TransportFraming Framing, bool IsBinary), CentrifugeFormat> _formats = new();
    private readonly ConcurrentDictionary<CentrifugeFormat, Frame> _pings = new();

    public IProtocolHandler Open(IConnection connection, ClientContext context)
    {
        var format = _formats.GetOrAdd(
            (context.Framing, context.IsBinary),
            static (key, recovery) => new CentrifugeFormat(key.IsBinary ? CentrifugeCodec.Protobuf : CentrifugeCodec.Json, key.Framing, recovery),
            recovery);
        var ping = context.NativePing ?? _pings.GetOrAdd(format, static format => format.Reply(new Wire.Reply()));
        // Pongs that are requests of their own may be doubled on their way.
        var pongs = context.NativePing is null && context.SideSession is null ? PongRule.Asked : PongRule.AskedOrNot;
        var session = new Session(node, connection, format, ping, context.Remote, pongs);
        return new CentrifugeHandler(
            session, connection, format, context, node.Uid, node.Clients.Concurrency, MaxCommandsPerMessage(node.Clients.MaxChannels), logger);
    }

    /// <summary>Most commands in one message: the official SDKs send connect and one per channel at the most.</summary>
    private static int MaxCommandsPerMessage(int maxChannels) => Math.Max(2048, 2 * maxChannels);
}
