using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Parley.Brokers.Memory;
using Parley.Channels;
using Parley.Nodes;
using Parley.Presence;
using Parley.Sessions;
using Parley.Specifications.Nodes;
using Parley.Tests.Engine;

namespace Parley.Tests.Nodes;

/// <summary>What comes for transports goes to the one that it is for.</summary>
public sealed class TransportRequestTests
{
    [Fact]
    public async Task A_request_goes_to_the_transport_that_it_names()
    {
        var handler = NewHandler(new Transport("sse"), new Transport("long_poll"));

        var answer = await handler.HandleAsync(NodeRequests.Transport([1], TimeSpan.Zero, head: "ask"));

        Assert.Equal("long_poll: ask", answer.Head);
    }

    [Fact]
    public async Task A_transport_that_this_node_does_not_have_is_said()
    {
        var handler = NewHandler(new Transport("sse"));

        var answer = await handler.HandleAsync(NodeRequests.Transport([1], TimeSpan.Zero));

        Assert.Equal(ClientError.MethodNotFound, answer.Error);
    }

    private static NodeRequestHandler NewHandler(params ITransportRequestHandler[] transports)
    {
        var time = new FakeTimeProvider();
        var node = new Node(
            new ClientOptions(), new ChannelsOptions(), new MemoryBroker(time), new MemoryPresenceStore(), new FakeTokens(), time, NullLogger<Node>.Instance);
        return new NodeRequestHandler(node, transports);
    }

    private sealed class Transport(string name) : ITransportRequestHandler
    {
        public string Name => name;

        public ValueTask<NodeAnswer> HandleAsync(NodeRequest.Transport request, CancellationToken cancellationToken) =>
            ValueTask.FromResult(new NodeAnswer { Head = $"{name}: {request.Head}" });
    }
}
