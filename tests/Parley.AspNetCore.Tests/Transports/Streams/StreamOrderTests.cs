using System.Net;
using System.Text;
using Parley.Testing;

namespace Parley.AspNetCore.Tests.Transports.Streams;

/// <summary>Commands beside a stream whose requests the network doubles, delays, loses and puts in another order.</summary>
public sealed class StreamOrderTests
{
    private const string Opening = """{"id":7,"connect":{}}""" + "\n" + """{"id":8,"subscribe":{"channel":"chat"}}""";

    [Theory]
    [InlineData("http_stream")]
    [InlineData("sse")]
    public async Task DoubledRequest_IsAnsweredAlike_AndRunsOnce(string transport)
    {
        await using var host = await StreamHost.StartAsync();
        using var client = await OpenAsync(host, transport);

        for (var i = 0; i < 3; i++)
            Assert.Equal(HttpStatusCode.NoContent, await client.SendAsync(Publish(9, "once")));
        Assert.Equal(HttpStatusCode.NoContent, await client.SendAsync(Publish(10, "then") + "\n" + Publish(11, "last")));
        Assert.Equal(HttpStatusCode.NoContent, await client.SendAsync(Publish(9, "once")));
        Assert.Equal(HttpStatusCode.NoContent, await client.SendAsync(Publish(10, "then") + "\n" + Publish(11, "last")));

        Assert.Equal(["once", "then", "last"], await PublishedAsync(host));
    }

    [Fact]
    public async Task DoubledAtTheSameTime_RunsOnce()
    {
        await using var host = await StreamHost.StartAsync();
        using var client = await OpenAsync(host);

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => client.SendAsync(Publish(9, "once"))));

        Assert.All(answers, static status => Assert.Equal(HttpStatusCode.NoContent, status));
        Assert.Equal(["once"], await PublishedAsync(host));
    }

    [Fact]
    public async Task RequestThatOvertakes_WaitsForThoseBeforeIt()
    {
        await using var host = await StreamHost.StartAsync();
        using var client = await OpenAsync(host);
        var third = await client.SendAheadAsync(Publish(11, "third"));
        var second = await client.SendAheadAsync(Publish(10, "second"));

        Assert.Equal(HttpStatusCode.NoContent, await client.SendAsync(Publish(9, "first")));

        Assert.Equal([HttpStatusCode.NoContent, HttpStatusCode.NoContent], await Task.WhenAll(second, third));
        Assert.Equal(["first", "second", "third"], await PublishedAsync(host));
    }

    [Fact]
    public async Task RequestThatIsLost_HoldsUpOthersForTwoSeconds_AndMayNotComeLater()
    {
        await using var host = await StreamHost.StartAsync();
        using var client = await OpenAsync(host);
        var second = await client.SendAheadAsync(Publish(10, "second"));

        host.LetPass(seconds: 1);
        Assert.False(second.IsCompleted);
        host.LetPass(seconds: 2);

        Assert.Equal(HttpStatusCode.NoContent, await second.WaitAsync(Patience.Limit));
        Assert.Equal(HttpStatusCode.NoContent, await client.SendAsync(Publish(11, "third")));
        Assert.Equal(HttpStatusCode.Conflict, await client.SendAsync(Publish(9, "first")));
        Assert.Equal(["second", "third"], await PublishedAsync(host));
        Assert.Equal(3011, await client.DisconnectedAsync());
    }

    [Fact]
    public async Task IdThatIsUsedAgain_ForSomethingElse_BreaksTheProtocol()
    {
        await using var host = await StreamHost.StartAsync();
        using var client = await OpenAsync(host);
        Assert.Equal(HttpStatusCode.NoContent, await client.SendAsync(Publish(9, "one")));

        Assert.Equal(HttpStatusCode.Conflict, await client.SendAsync(Publish(9, "another")));

        Assert.Equal(["one"], await PublishedAsync(host));
        Assert.Equal(3501, await client.DisconnectedAsync());
    }

    [Fact]
    public async Task DoubledPong_DoesNoHarm()
    {
        await using var host = await StreamHost.StartAsync(static options => options.Clients.PongTimeout = TimeSpan.FromSeconds(24));
        using var client = await OpenAsync(host);
        host.LetPass(seconds: 25);

        for (var i = 0; i < 3; i++)
            Assert.Equal(HttpStatusCode.NoContent, await client.SendAsync("{}"));

        Assert.Equal(HttpStatusCode.NoContent, await client.SendAsync(Publish(9, "still here")));
        Assert.Equal(["still here"], await PublishedAsync(host));
    }

    [Fact]
    public async Task RequestsThatWait_EndWithTheStream()
    {
        await using var host = await StreamHost.StartAsync();
        using var client = await OpenAsync(host);
        var waiting = await client.SendAheadAsync(Publish(10, "never"));

        client.Dispose();

        Assert.Equal(HttpStatusCode.NoContent, await waiting.WaitAsync(Patience.Limit));
        Assert.Empty(await PublishedAsync(host));
    }

    private static string Publish(int id, string text) => $$$"""{"id":{{{id}}},"publish":{"channel":"chat","data":"{{{text}}}"}}""";

    private static async Task<string[]> PublishedAsync(StreamHost host)
    {
        var page = await host.Parley.GetHistoryAsync("chat", limit: 100);
        return [.. page.Publications.Select(static one => Encoding.UTF8.GetString(one.Data.Span).Trim('"'))];
    }

    private static async Task<Sender> OpenAsync(StreamHost host, string transport = "http_stream")
    {
        var stream = await host.OpenAsync($"/connection/{transport}", Opening);
        var (session, node) = await stream.ConnectedAsync();
        await stream.NextAsync();
        return new Sender(host, stream, session, node);
    }

    private sealed class Sender(StreamHost host, StreamClient stream, string session, string node) : IDisposable
    {
        public Task<HttpStatusCode> SendAsync(string commands) => host.EmulateAsync(session, node, commands);

        /// <summary>Sends what the server holds back for now.</summary>
        public async Task<Task<HttpStatusCode>> SendAheadAsync(string commands)
        {
            var before = host.Timers;
            var sending = SendAsync(commands);
            await Eventually.BecomesAsync(() => Task.FromResult(host.Timers), timers => timers > before);
            return sending;
        }

        public async Task<int> DisconnectedAsync()
        {
            while (true)
            {
                var message = await stream.NextAsync() ?? throw new InvalidOperationException("The stream ended without a word.");
                if (message["push"]?["disconnect"] is { } disconnect) return disconnect["code"]!.GetValue<int>();
            }
        }

        public void Dispose() => stream.Dispose();
    }
}
