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
    /// <summary>The official SDKs send connect and one command per channel at the most in one message.</summary>
    private const int MinCommandsPerMessage = 2048;

    /// <summary>What the connect reply says of the server.</summary>
    public static readonly string ServerVersion = $"{Node.Version} Parley";

    private readonly CentrifugeSettings _settings = new()
    {
        NodeId = node.Uid,
        Concurrency = node.Clients.Concurrency,
        MaxCommandsPerMessage = Math.Max(MinCommandsPerMessage, 2 * node.Clients.MaxChannels),
        Logger = logger,
    };

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
        return new CentrifugeHandler(session, connection, format, context, _settings);
    }
}
