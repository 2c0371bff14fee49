using Parley.AspNetCore.Tests.Transports.Nodes;
using Parley.AspNetCore.Tests.Transports.Streams;
using Parley.Sessions;
using Parley.Specifications.Transports;

namespace Parley.AspNetCore.Tests.Transports.Specification;

/// <summary>Runs the specification against Kestrel, with the engine as <c>AddParley</c> and <c>MapParley</c> wire it.</summary>
public abstract class TransportTests(TransportKind kind, bool isBinary) : TransportSpecification(kind, isBinary)
{
    protected override async Task<ITransportHost> StartHostAsync(Action<ClientOptions>? configure) =>
        await StreamHost.StartAsync(options => configure?.Invoke(options.Clients));
}

/// <summary>Runs it with connections that are accepted by Parley's own sockets.</summary>
public abstract class OwnSocketTests(TransportKind kind, bool isBinary) : TransportSpecification(kind, isBinary)
{
    protected override async Task<ITransportHost> StartHostAsync(Action<ClientOptions>? configure) =>
        await StreamHost.StartAsync(options => configure?.Invoke(options.Clients), hasOwnSockets: true);
}

/// <summary>Runs it against two nodes, each of which gets every other request, whoever has the session.</summary>
public abstract class TwoNodesTests(TransportKind kind, bool isBinary) : TransportSpecification(kind, isBinary)
{
    protected override async Task<ITransportHost> StartHostAsync(Action<ClientOptions>? configure) =>
        await TwoNodes.StartAsync(options => configure?.Invoke(options.Clients));
}

public sealed class WebSocketInJsonTests() : TransportTests(TransportKind.WebSocket, isBinary: false);

public sealed class WebSocketInProtobufTests() : TransportTests(TransportKind.WebSocket, isBinary: true);

public sealed class HttpStreamInJsonTests() : TransportTests(TransportKind.HttpStream, isBinary: false);

public sealed class HttpStreamInProtobufTests() : TransportTests(TransportKind.HttpStream, isBinary: true);

public sealed class ServerSentEventsTests() : TransportTests(TransportKind.ServerSentEvents, isBinary: false);

public sealed class LongPollingInJsonTests() : TransportTests(TransportKind.LongPolling, isBinary: false);

public sealed class LongPollingInProtobufTests() : TransportTests(TransportKind.LongPolling, isBinary: true);

public sealed class HttpStreamInJsonOverTwoNodesTests() : TwoNodesTests(TransportKind.HttpStream, isBinary: false);

public sealed class HttpStreamInProtobufOverTwoNodesTests() : TwoNodesTests(TransportKind.HttpStream, isBinary: true);

public sealed class ServerSentEventsOverTwoNodesTests() : TwoNodesTests(TransportKind.ServerSentEvents, isBinary: false);

public sealed class LongPollingInJsonOverTwoNodesTests() : TwoNodesTests(TransportKind.LongPolling, isBinary: false);

public sealed class LongPollingInProtobufOverTwoNodesTests() : TwoNodesTests(TransportKind.LongPolling, isBinary: true);

public sealed class WebSocketInJsonOverOwnSocketsTests() : OwnSocketTests(TransportKind.WebSocket, isBinary: false);

public sealed class WebSocketInProtobufOverOwnSocketsTests() : OwnSocketTests(TransportKind.WebSocket, isBinary: true);

public sealed class HttpStreamInJsonOverOwnSocketsTests() : OwnSocketTests(TransportKind.HttpStream, isBinary: false);

public sealed class ServerSentEventsOverOwnSocketsTests() : OwnSocketTests(TransportKind.ServerSentEvents, isBinary: false);

public sealed class LongPollingInJsonOverOwnSocketsTests() : OwnSocketTests(TransportKind.LongPolling, isBinary: false);
