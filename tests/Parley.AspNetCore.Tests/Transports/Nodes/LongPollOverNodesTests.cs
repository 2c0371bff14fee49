using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Parley.AspNetCore.Tests.Transports.LongPolling;
using Parley.AspNetCore.Tests.Transports.Streams;
using Parley.AspNetCore.Transports.Forwarding;
using Parley.AspNetCore.Transports.LongPolling;
using Parley.Nodes;
using Parley.Testing;

namespace Parley.AspNetCore.Tests.Transports.Nodes;

/// <summary>Requests of long polling that come to another node than the session's.</summary>
public sealed class LongPollOverNodesTests
{
    private const string Opening = """{"id":1,"connect":{}}""" + "\n" + """{"id":2,"subscribe":{"channel":"chat"}}""";

    [Fact]
    public async Task A_poll_is_held_over_the_bus_until_there_is_something()
    {
        await using var nodes = await TwoNodes.StartAsync();
        using var client = await OpenAsync(nodes);
        var poll = client.There.PollAsync(1);
        await client.IsHeldAsync();

        await PublishAsync(nodes, "hello");

        var answer = await poll;
        Assert.Equal((HttpStatusCode.OK, 2), (answer.Status, answer.Batch));
        Assert.Contains("hello", answer.Text, StringComparison.Ordinal);
        Assert.StartsWith("application/json", answer.Headers["Content-Type"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_poll_for_which_there_is_nothing_is_answered_so_after_its_time()
    {
        await using var nodes = await TwoNodes.StartAsync();
        using var client = await OpenAsync(nodes);
        var poll = client.There.PollAsync(1);
        await client.IsHeldAsync();

        nodes.LetPass(seconds: 24);
        Assert.True(client.Connection.IsHeld);
        nodes.LetPass(seconds: 1);

        Assert.Equal(HttpStatusCode.NoContent, (await poll).Status);
    }

    [Fact]
    public async Task A_batch_is_the_same_through_every_node_until_it_is_acknowledged()
    {
        await using var nodes = await TwoNodes.StartAsync();
        using var client = await OpenAsync(nodes);
        await PublishAsync(nodes, "one");

        var first = await client.There.PollAsync(1);
        await PublishAsync(nodes, "two");
        var again = await client.Here.PollAsync(1);
        var andAgain = await client.There.PollAsync(1);
        var next = await client.There.PollAsync(2);

        Assert.Equal((2, 2, 2, 3), (first.Batch, again.Batch, andAgain.Batch, next.Batch));
        Assert.Equal(first.Body, again.Body);
        Assert.Equal(first.Body, andAgain.Body);
        Assert.Contains("two", next.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_poll_through_any_node_takes_the_place_of_one_that_is_held()
    {
        await using var nodes = await TwoNodes.StartAsync();
        using var client = await OpenAsync(nodes);
        var first = client.There.PollAsync(1);
        await client.IsHeldAsync();

        var second = client.Here.PollAsync(1);
        Assert.Equal(HttpStatusCode.Conflict, (await first).Status);
        await client.IsHeldAsync();
        var third = client.There.PollAsync(1);
        Assert.Equal(HttpStatusCode.Conflict, (await second).Status);

        await PublishAsync(nodes, "for the last one");
        Assert.Equal(2, (await third).Batch);
    }

    [Fact]
    public async Task A_client_that_leaves_its_poll_is_noticed_on_the_node_of_the_session()
    {
        await using var nodes = await TwoNodes.StartAsync();
        using var client = await OpenAsync(nodes);
        using var gone = new CancellationTokenSource();
        var left = client.There.PollAsync(1, aborted: gone.Token);
        await client.IsHeldAsync();

        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        await client.IsNotHeldAsync();
        await PublishAsync(nodes, "kept");
        Assert.Contains("kept", (await client.There.PollAsync(1)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Commands_through_any_node_run_once_and_in_order()
    {
        await using var nodes = await TwoNodes.StartAsync();
        using var client = await OpenAsync(nodes);

        Assert.Equal(HttpStatusCode.NoContent, (await client.There.SendAsync(1, Publish(3, "one"))).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await client.Here.SendAsync(1, Publish(3, "one"))).Status);
        var early = await client.There.SendAsync(3, Publish(5, "three"));
        Assert.Equal((HttpStatusCode.PreconditionFailed, "1"), (early.Status, early.Headers["Parley-Seq"]));
        Assert.Equal(HttpStatusCode.NoContent, (await client.Here.SendAsync(2, Publish(4, "two"))).Status);
        var doubled = await Task.WhenAll(Enumerable.Range(0, 8).Select(n => (n % 2 == 0 ? client.Here : client.There).SendAsync(3, Publish(5, "three"))));

        Assert.All(doubled, static answer => Assert.Equal(HttpStatusCode.NoContent, answer.Status));
        var answer = await client.There.InSessionAsync(ack: 1, seq: 4, Encoding.UTF8.GetBytes(Publish(6, "four")));
        Assert.Contains("\"id\":6", answer.Text, StringComparison.Ordinal); // the reply to its own commands
        var page = await nodes.Parley.GetHistoryAsync("chat", limit: -1);
        Assert.Equal(["one", "two", "three", "four"], page.Publications.Select(static one => Encoding.UTF8.GetString(one.Data.Span).Trim('"')));
    }

    [Fact]
    public async Task What_is_wrong_is_answered_alike_by_every_node()
    {
        await using var nodes = await TwoNodes.StartAsync();
        using var client = await OpenAsync(nodes);
        foreach (var way in new[] { client.Here, client.There })
        {
            Assert.Equal(HttpStatusCode.BadRequest, (await way.PollAsync(7)).Status);
            Assert.Equal(HttpStatusCode.BadRequest, (await way.InSessionAsync(ack: 1, seq: 1, body: null)).Status);
            Assert.Equal(HttpStatusCode.BadRequest, (await way.InSessionAsync(ack: null, seq: null, body: null)).Status);
            Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await SendAsAsync(way, "application/octet-stream")).Status);
            Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await SendAsAsync(way, "text/plain")).Status);
        }

        static Task<LongPollAnswer> SendAsAsync(LongPollClient way, string contentType) => way.RequestAsync(
            HttpMethod.Post, "{}"u8.ToArray(), [("Parley-Session", way.Session), ("Parley-Node", way.Node), ("Parley-Seq", "1")], contentType);
    }

    [Fact]
    public async Task Another_users_session_is_not_there()
    {
        await using var nodes = await TwoNodes.StartAsync();
        using var client = await OpenAsync(nodes);
        client.There.Headers[StreamHost.UserHeader] = "thief";

        Assert.Equal(HttpStatusCode.NotFound, (await client.There.PollAsync(1)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await client.There.SendAsync(1, Publish(3, "stolen"))).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await client.There.EndAsync()).Status);

        Assert.Equal(3, nodes.Cluster.Asked);
        Assert.Equal(HttpStatusCode.NoContent, (await client.Here.PollAsync(1, wait: 0)).Status);
    }

    [Fact]
    public async Task What_cannot_be_right_troubles_no_other_node()
    {
        await using var nodes = await TwoNodes.StartAsync(static options => options.Clients.MaxMessageBytes = 2048);
        using var client = await OpenAsync(nodes);
        var way = client.There;
        var (node, session) = (way.Node, way.Session);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await way.SendAsync(1, new string(' ', 2049))).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await way.InSessionAsync(ack: null, seq: null, body: null)).Status);
        way.Headers["Origin"] = "https://elsewhere.example";
        Assert.Equal(HttpStatusCode.Forbidden, (await way.PollAsync(1)).Status);
        way.Headers.Remove("Origin");
        way.Node = "*";
        Assert.Equal(HttpStatusCode.NotFound, (await way.PollAsync(1)).Status);
        (way.Node, way.Session) = (node, "guessed");
        Assert.Equal(HttpStatusCode.NotFound, (await way.PollAsync(1)).Status);
        (way.Node, way.Session) = (NodeId.Create(), session);
        Assert.Equal(HttpStatusCode.NotFound, (await way.PollAsync(1)).Status);

        Assert.Equal(0, nodes.Cluster.Asked);
    }

    [Fact]
    public async Task A_session_that_is_not_there_is_looked_for_on_one_node()
    {
        await using var nodes = await TwoNodes.StartAsync();
        using var client = await OpenAsync(nodes);
        client.There.Session = new string('x', 32);

        Assert.Equal(HttpStatusCode.NotFound, (await client.There.PollAsync(1)).Status);

        Assert.Equal(1, nodes.Cluster.Asked);
    }

    [Fact]
    public async Task The_end_is_told_through_every_node()
    {
        await using var nodes = await TwoNodes.StartAsync();
        using var client = await OpenAsync(nodes);
        var poll = client.There.PollAsync(1);
        await client.IsHeldAsync();

        await nodes.Parley.DisconnectAsync(new SessionSelector("someone"));

        var last = await poll;
        Assert.Equal((2, true), (last.Batch, last.IsLast));
        Assert.Contains("3503", last.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Gone, (await client.There.SendAsync(1, Publish(3, "late"))).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await client.There.PollAsync(2)).Status);
    }

    [Fact]
    public async Task A_client_may_end_its_session_through_every_node()
    {
        await using var nodes = await TwoNodes.StartAsync();
        using var client = await OpenAsync(nodes);

        Assert.Equal(HttpStatusCode.NoContent, (await client.There.EndAsync()).Status);

        Assert.Equal(0, nodes.Connections);
        Assert.Equal(HttpStatusCode.NotFound, (await client.Here.PollAsync(1)).Status);
    }

    [Fact]
    public async Task The_node_of_a_session_that_stops_tells_its_polls_on_other_nodes()
    {
        await using var nodes = await TwoNodes.StartAsync();
        using var client = await OpenAsync(nodes);
        var poll = client.There.PollAsync(1);
        await client.IsHeldAsync();

        await nodes.First.DisposeAsync();

        var last = await poll;
        Assert.True(last.IsLast);
        Assert.Contains("3001", last.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await client.There.PollAsync(2)).Status);
    }

    [Fact]
    public async Task A_node_that_stops_lets_the_polls_of_other_nodes_sessions_go()
    {
        await using var nodes = await TwoNodes.StartAsync();
        using var client = await OpenAsync(nodes);
        var poll = client.There.PollAsync(1);
        await client.IsHeldAsync();

        nodes.Second.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();

        Assert.Equal(HttpStatusCode.NoContent, (await poll).Status);
        await client.IsNotHeldAsync();
        var next = await client.There.PollAsync(1);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "1"), (next.Status, next.Headers["Retry-After"]));
        await PublishAsync(nodes, "still comes through");
        Assert.Equal(2, (await client.There.PollAsync(1)).Batch);
        Assert.Equal(HttpStatusCode.NoContent, (await client.There.SendAsync(1, Publish(3, "this too"))).Status);
        Assert.Equal(HttpStatusCode.OK, (await client.Here.PollAsync(2)).Status);
    }

    [Fact]
    public async Task Commands_of_a_poll_that_a_stopping_node_lets_go_are_not_said_to_be_taken()
    {
        await using var nodes = await TwoNodes.StartAsync();
        using var client = await OpenAsync(nodes);
        var both = client.There.InSessionAsync(ack: 1, seq: 1, "{}"u8.ToArray()); // a pong, which is not answered
        await client.IsHeldAsync();

        nodes.Second.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await both).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await client.Here.SendAsync(1, "{}")).Status);
    }

    [Fact]
    public async Task So_many_polls_are_held_elsewhere_and_no_more_and_commands_get_through_beside_them()
    {
        await using var nodes = await TwoNodes.StartAsync(addServices: static services => services.AddSingleton(static provider =>
            new NodeForwarder(provider.GetRequiredService<INodeBus>(), provider.GetRequiredService<IHostApplicationLifetime>()) { MaxHolds = 1 }));
        using var one = await OpenAsync(nodes);
        using var another = await OpenAsync(nodes);
        var held = one.There.PollAsync(1);
        await one.IsHeldAsync();

        var refused = await another.There.PollAsync(1);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "1"), (refused.Status, refused.Headers["Retry-After"]));
        Assert.Equal(HttpStatusCode.NoContent, (await another.There.SendAsync(1, "{}")).Status);
        await PublishAsync(nodes, "free");
        await held;

        Assert.Equal(HttpStatusCode.OK, (await another.There.PollAsync(1)).Status);
    }

    [Fact]
    public async Task A_bus_that_does_not_work_means_later()
    {
        await using var nodes = await TwoNodes.StartAsync(addServices: static services => services.AddSingleton<INodeBus>(new FaultyBus()));
        using var client = await OpenAsync(nodes);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await client.There.PollAsync(1)).Status);
    }

    private static string Publish(int id, string text) => $$$"""{"id":{{{id}}},"publish":{"channel":"chat","data":"{{{text}}}"}}""";

    private static async Task PublishAsync(TwoNodes nodes, string text) => await nodes.Second.Parley.PublishAsync("chat", Encoding.UTF8.GetBytes($"\"{text}\""));

    /// <summary>A session of the first node.</summary>
    private static async Task<Ways> OpenAsync(TwoNodes nodes)
    {
        var (here, there) = (new LongPollClient(nodes.First.Address), new LongPollClient(nodes.Second.Address));
        here.Headers[StreamHost.UserHeader] = there.Headers[StreamHost.UserHeader] = "someone";
        var opened = await here.OpenAsync(Opening);
        Assert.Equal((HttpStatusCode.OK, 1), (opened.Status, opened.Batch));
        (there.Session, there.Node) = (here.Session, here.Node);
        var connection = nodes.First.Services.GetRequiredService<LongPollSessions>().Find(here.Session, "someone");
        return new Ways(here, there, connection!);
    }

    /// <summary>A session, and a client of it at its node and one at the other.</summary>
    private sealed record Ways(LongPollClient Here, LongPollClient There, LongPollConnection Connection) : IDisposable
    {
        public Task IsHeldAsync() => Eventually.BecomesAsync(() => Task.FromResult(Connection.IsHeld), static isHeld => isHeld);

        public Task IsNotHeldAsync() => Eventually.BecomesAsync(() => Task.FromResult(Connection.IsHeld), static isHeld => !isHeld);

        public void Dispose()
        {
            Here.Dispose();
            There.Dispose();
        }
    }
}
