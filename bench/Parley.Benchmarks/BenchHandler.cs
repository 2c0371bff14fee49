using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Parley.AspNetCore.Protocols.Centrifuge;
using Parley.AspNetCore.Transports;
using Parley.AspNetCore.Transports.WebSockets;
using Parley.Protocol.Centrifuge;

namespace Parley.Benchmarks;

/// <summary>A connected client as its commands reach it: bytes in, frames out.</summary>
internal static class BenchHandler
{
    public static Task<CentrifugeHandler> ConnectAsync(BenchNode node, CentrifugeCodec codec) =>
        ConnectAsync(node, codec.IsBinary ? node.Protobuf : node.Json);

    public static async Task<CentrifugeHandler> ConnectAsync(BenchNode node, CentrifugeFormat format)
    {
        var (session, connection) = node.Open(format);
        var context = new ClientContext { Framing = WebSocketFraming.Text, IsBinary = format.Codec.IsBinary, RemoteAddress = IPAddress.Loopback };
        var settings = new CentrifugeSettings { NodeId = "node", Concurrency = 1, MaxCommandsPerMessage = 16, Logger = NullLogger.Instance };
        var handler = new CentrifugeHandler(session, connection, format, context, settings);
        await handler.ReceiveAsync(Formats.Encode(format.Codec, new Command { Id = 1, Connect = new ConnectRequest() }));
        return handler;
    }
}
