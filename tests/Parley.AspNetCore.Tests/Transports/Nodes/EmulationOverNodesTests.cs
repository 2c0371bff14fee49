using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Parley.AspNetCore.Tests.Transports.Streams;
using Parley.AspNetCore.Transports.Forwarding;
using Parley.Nodes;
using Parley.Testing;

namespace Parley.AspNetCore.Tests.Transports.Nodes;

/// <summary>Commands beside a stream that come to another node than the stream's.</summary>
public sealed class EmulationOverNodesTests
{
    private const string Opening = """{"id":7,"connect":{}}""" + "\n" + """{"id":8,"subscribe":{"channel":"chat"}}""";

    [Theory]
    [InlineData("http_stream")]
    [InlineData("sse")]
    public async Task Requests_of_any_node_run_once_and_in_order(string transport)
    {
        await using var nodes = await TwoNodes.StartAsync();
        using var stream = await OpenAsync(nodes, transport);
        var overtaking = await AheadAsync(nodes.First, stream, nodes.Second, Publish(11, "third"));

        Assert.Equal(HttpStatusCode.NoContent, await stream.SendAsync(nodes.Second, Publish(9, "first")));
        Assert.Equal(HttpStatusCode.NoContent, await stream.SendAsync(nodes.First, Publish(9, "first")));
        Assert.Equal(HttpStatusCode.NoContent, await stream.SendAsync(nodes.First, Publish(10, "second")));
        Assert.Equal(HttpStatusCode.NoContent, await stream.SendAsync(nodes.Second, Publish(10, "second")));
        Assert.Equal(HttpStatusCode.NoContent, await overtaking);
        var doubled = await Task.WhenAll(Enumerable.Range(0, 8).Select(n => stream.SendAsync(n % 2 == 0 ? nodes.First : nodes.Second, Publish(12, "last"))));

        Assert.All(doubled, static status => Assert.Equal(HttpStatusCode.NoContent, status));
        Assert.Equal(["first", "second", "third", "last"], await PublishedAsync(nodes));
        for (var id = 9; id <= 12; id++) Assert.Equal(id, await stream.NextIdAsync());
    }

    [Fact]
    public async Task What_may_not_run_any_more_is_refused_as_by_the_node_of_the_stream()
    {
        await using var nodes = await TwoNodes.StartAsync();
        using var stream = await OpenAsync(nodes);
        var second = await AheadAsync(nodes.First, stream, nodes.Second, Publish(10, "second"));
        nodes.LetPass(seconds: 3);
        Assert.Equal(HttpStatusCode.NoContent, await second.WaitAsync(Patience.Limit));

        Assert.Equal(HttpStatusCode.Conflict, await stream.SendAsync(nodes.Second, Publish(9, "first")));

        Assert.Equal(["second"], await PublishedAsync(nodes));
        Assert.Equal(3011, await stream.DisconnectedAsync());
    }

    [Fact]
    public async Task Another_users_stream_is_refused()
    {
        await using var nodes = await TwoNodes.StartAsync();
        using var stream = await OpenAsync(nodes);

        Assert.Equal(HttpStatusCode.Forbidden, await stream.SendAsync(nodes.Second, Publish(9, "stolen"), (StreamHost.UserHeader, "thief")));

        Assert.Equal(1, nodes.Cluster.Asked);
        Assert.Empty(await PublishedAsync(nodes));
    }

    [Fact]
    public async Task The_other_encoding_is_refused()
    {
        await using var nodes = await TwoNodes.StartAsync();
        using var stream = await OpenAsync(nodes);

        Assert.Equal(HttpStatusCode.BadRequest, await stream.SendInProtobufAsync(nodes.Second));
        Assert.Equal(HttpStatusCode.BadRequest, await stream.SendInProtobufAsync(nodes.First));
    }

    [Fact]
    public async Task What_cannot_be_right_troubles_no_other_node()
    {
        await using var nodes = await TwoNodes.StartAsync(static options => options.Clients.MaxMessageBytes = 2048);
        using var stream = await OpenAsync(nodes);
        var (host, node, session) = (nodes.Second, stream.Node, stream.Session);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await host.EmulateAsync(session, node, new string(' ', 2049)));
        Assert.Equal(HttpStatusCode.Forbidden, await stream.SendAsync(host, "{}", ("Origin", "https://elsewhere.example")));
        Assert.Equal(HttpStatusCode.NotFound, await host.EmulateAsync(session, "*", "{}"));
        Assert.Equal(HttpStatusCode.NotFound, await host.EmulateAsync(session, node.ToUpperInvariant(), "{}"));
        Assert.Equal(HttpStatusCode.NoContent, await host.EmulateAsync("guessed", node, "{}"));
        Assert.Equal(HttpStatusCode.NoContent, await host.EmulateAsync(new string('x', 1000), node, "{}"));

        Assert.Equal(0, nodes.Cluster.Asked);
    }

    [Fact]
    public async Task What_is_not_there_is_answered_as_by_one_node_and_goes_no_further()
    {
        await using var nodes = await TwoNodes.StartAsync();
        using var stream = await OpenAsync(nodes);

        Assert.Equal(HttpStatusCode.NoContent, await nodes.Second.EmulateAsync(new string('x', 32), stream.Node, "{}"));
        Assert.Equal(1, nodes.Cluster.Asked);
        Assert.Equal(HttpStatusCode.NotFound, await nodes.Second.EmulateAsync(stream.Session, NodeId.Create(), "{}"));
        Assert.Equal(1, nodes.Cluster.Asked);
    }

    [Fact]
    public async Task A_node_that_is_gone_is_not_known()
    {
        await using var nodes = await TwoNodes.StartAsync();
        using var stream = await OpenAsync(nodes);
        var reading = stream.DisconnectedAsync();

        var stopping = nodes.First.StopAsync();

        Assert.Equal(3001, await reading);
        await Eventually.BecomesAsync(
            () =>
            {
                nodes.LetPass(seconds: 1); // the drain waits by the clock
                return Task.FromResult(stopping.IsCompleted);
            },
            static isDone => isDone);
        await nodes.First.DisposeAsync();
        Assert.Equal(HttpStatusCode.NotFound, await stream.SendAsync(nodes.Second, Publish(9, "late")));
    }

    [Fact]
    public async Task A_node_that_does_not_answer_is_not_known()
    {
        var broker = new TaskCompletionSource();
        await using var nodes = await TwoNodes.StartAsync(addServices: services => services.AddSingleton<ITransportRequestHandler>(new Silent(broker)));
        var forwarder = nodes.Second.Services.GetRequiredService<NodeForwarder>();
        var node = nodes.First.Services.GetRequiredService<Node>().Uid;

        var asking = forwarder.AskAsync(node, new NodeRequest.Transport(Silent.TransportName, ""), Unknown, CancellationToken.None).AsTask();
        await broker.Task.WaitAsync(Patience.Limit);
        nodes.LetPass(seconds: 4);
        Assert.False(asking.IsCompleted);
        nodes.LetPass(seconds: 1);

        Assert.Equal((null, Unknown), await asking.WaitAsync(Patience.Limit));
    }

    [Fact]
    public async Task A_bus_that_does_not_work_means_later()
    {
        await using var nodes = await TwoNodes.StartAsync(addServices: static services => services.AddSingleton<INodeBus>(new FaultyBus()));
        using var stream = await OpenAsync(nodes);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, await stream.SendAsync(nodes.Second, Publish(9, "later")));
    }

    [Fact]
    public async Task So_many_requests_are_on_their_way_and_no_more()
    {
        await using var nodes = await TwoNodes.StartAsync(addServices: static services => services.AddSingleton(static provider =>
            new NodeForwarder(provider.GetRequiredService<INodeBus>(), provider.GetRequiredService<IHostApplicationLifetime>()) { MaxRequests = 1 }));
        using var stream = await OpenAsync(nodes);
        var ahead = await AheadAsync(nodes.First, stream, nodes.Second, Publish(10, "second"));

        using var refused = await stream.RequestAsync(nodes.Second, Publish(11, "third"));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "1"), (refused.StatusCode, refused.Headers.RetryAfter!.ToString()));
        Assert.Equal(HttpStatusCode.NoContent, await stream.SendAsync(nodes.First, Publish(9, "first")));
        Assert.Equal(HttpStatusCode.NoContent, await ahead.WaitAsync(Patience.Limit));

        Assert.Equal(HttpStatusCode.NoContent, await stream.SendAsync(nodes.Second, Publish(11, "third")));
        Assert.Equal(["first", "second", "third"], await PublishedAsync(nodes));
    }

    [Fact]
    public async Task So_many_bytes_are_on_their_way_and_no_more()
    {
        await using var nodes = await TwoNodes.StartAsync(addServices: static services => services.AddSingleton(static provider =>
            new NodeForwarder(provider.GetRequiredService<INodeBus>(), provider.GetRequiredService<IHostApplicationLifetime>()) { MaxBytes = 10 }));
        using var stream = await OpenAsync(nodes);

        // One that is alone goes whatever its size.
        var ahead = await AheadAsync(nodes.First, stream, nodes.Second, Publish(10, "second"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await stream.SendAsync(nodes.Second, Publish(11, "third")));
        Assert.Equal(HttpStatusCode.NoContent, await stream.SendAsync(nodes.First, Publish(9, "first")));
        Assert.Equal(HttpStatusCode.NoContent, await ahead.WaitAsync(Patience.Limit));

        Assert.Equal(HttpStatusCode.NoContent, await stream.SendAsync(nodes.Second, Publish(11, "third")));
    }

    private static AspNetCore.Transports.Refusal Unknown { get; } = AspNetCore.Transports.Refusal.Bad("Unknown.");

    private static string Publish(int id, string text) => $$$"""{"id":{{{id}}},"publish":{"channel":"chat","data":"{{{text}}}"}}""";

    private static async Task<string[]> PublishedAsync(TwoNodes nodes)
    {
        var page = await nodes.Parley.GetHistoryAsync("chat", limit: 100);
        return [.. page.Publications.Select(static one => Encoding.UTF8.GetString(one.Data.Span).Trim('"'))];
    }

    /// <summary>Sends what the stream's node holds back for now.</summary>
    private static async Task<Task<HttpStatusCode>> AheadAsync(StreamHost owner, OpenStream stream, StreamHost through, string commands)
    {
        var before = owner.Timers;
        var sending = stream.SendAsync(through, commands);
        await Eventually.BecomesAsync(() => Task.FromResult(owner.Timers), timers => timers > before);
        return sending;
    }

    /// <summary>A stream of the first node.</summary>
    private static async Task<OpenStream> OpenAsync(TwoNodes nodes, string transport = "http_stream")
    {
        var stream = await nodes.First.OpenAsync($"/connection/{transport}", Opening);
        var (session, node) = await stream.ConnectedAsync();
        await stream.NextAsync();
        return new OpenStream(stream, session, node);
    }

    private sealed class OpenStream(StreamClient stream, string session, string node) : IDisposable
    {
        public string Session => session;

        public string Node => node;

        public async Task<HttpStatusCode> SendAsync(StreamHost through, string commands, params (string Name, string Value)[] headers)
        {
            using var response = await RequestAsync(through, commands, headers);
            return response.StatusCode;
        }

        public Task<HttpResponseMessage> RequestAsync(StreamHost through, string commands, params (string Name, string Value)[] headers)
        {
            var body = new System.Text.Json.Nodes.JsonObject { ["session"] = session, ["node"] = node, ["data"] = commands }.ToJsonString();
            return through.SendAsync(HttpMethod.Post, "/emulation", body, headers);
        }

        public async Task<HttpStatusCode> SendInProtobufAsync(StreamHost through)
        {
            var body = new System.Buffers.ArrayBufferWriter<byte>();
            Protocol.Centrifuge.CentrifugeCodec.Protobuf.WriteEmulationRequest(body, new() { Session = session, Node = node, Data = new byte[] { 0 } });
            using var content = new ByteArrayContent(body.WrittenSpan.ToArray());
            content.Headers.ContentType = new("application/octet-stream");
            using var response = await through.Client.PostAsync("/emulation", content);
            return response.StatusCode;
        }

        /// <summary>The id of the next reply; pushes are passed over.</summary>
        public async Task<int> NextIdAsync()
        {
            while (true)
            {
                if ((await stream.NextAsync())!["id"] is { } id) return id.GetValue<int>();
            }
        }

        /// <summary>The code of the disconnect; what comes before it is passed over.</summary>
        public async Task<int> DisconnectedAsync()
        {
            while (true)
            {
                if ((await stream.NextAsync())!["push"]?["disconnect"]?["code"] is { } code) return code.GetValue<int>();
            }
        }

        public void Dispose() => stream.Dispose();
    }

    /// <summary>A transport whose node hangs.</summary>
    private sealed class Silent(TaskCompletionSource reached) : ITransportRequestHandler
    {
        public const string TransportName = "silent";

        public string Name => TransportName;

        public async ValueTask<NodeAnswer> HandleAsync(NodeRequest.Transport request, CancellationToken cancellationToken)
        {
            reached.SetResult();
            await Task.Delay(Timeout.Infinite, CancellationToken.None);
            return NodeAnswer.Done;
        }
    }
}
