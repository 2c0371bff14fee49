using System.Net;

namespace Parley.AspNetCore.Tests.Transports.Streams;

/// <summary>What strangers and other sites' pages can and cannot do.</summary>
public sealed class StreamAccessTests
{
    private const string Connect = """{"id":1,"connect":{}}""";
    private const string Named = "https://app.example.com";

    public static TheoryData<string> Paths => ["/connection/http_stream", "/connection/sse", "/connection/uni_http_stream", "/connection/uni_sse", "/emulation"];

    [Fact]
    public async Task RequestOfAForeignPageWithoutOrigin_IsRefused()
    {
        await using var host = await StreamHost.StartAsync();
        var target = "/connection/sse?cf_connect=" + Uri.EscapeDataString(Connect);

        using var image = await host.SendAsync(HttpMethod.Get, target, null, ("Sec-Fetch-Site", "cross-site"), (StreamHost.UserHeader, "ann"));
        using var typed = await host.OpenAsync(target, null, ("Sec-Fetch-Site", "none"));

        Assert.Equal(HttpStatusCode.Forbidden, image.StatusCode);
        Assert.Equal(HttpStatusCode.OK, typed.Response.StatusCode);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task NamedPage_IsToldThatItMay(string path)
    {
        await using var host = await StreamHost.StartAsync(static options => options.Clients.AllowedOrigins = [Named]);

        using var preflight = await host.SendAsync(HttpMethod.Options, path, null, ("Origin", Named), ("Access-Control-Request-Method", "POST"));

        Assert.Equal(HttpStatusCode.NoContent, preflight.StatusCode);
        Assert.Equal(Named, preflight.Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.Equal("true", preflight.Headers.GetValues("Access-Control-Allow-Credentials").Single());
        Assert.Contains("POST", preflight.Headers.GetValues("Access-Control-Allow-Methods").Single(), StringComparison.Ordinal);
        Assert.Equal("300", preflight.Headers.GetValues("Access-Control-Max-Age").Single());
        Assert.Contains("Origin", preflight.Headers.Vary);
    }

    [Fact]
    public async Task AnyPage_WhereAllAreAllowed_ComesInWithoutWhatItsBrowserAdds()
    {
        await using var host = await StreamHost.StartAsync(static options =>
        {
            options.Clients.AllowedOrigins = ["*"];
            options.Clients.AllowAnonymous = false;
        });

        using var stranger = await host.OpenAsync("/connection/http_stream", Connect, ("Origin", "https://evil.example"), (StreamHost.UserHeader, "ann"));
        using var own = await host.OpenAsync("/connection/http_stream", Connect, (StreamHost.UserHeader, "ann"));

        Assert.Equal("*", stranger.Response.Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.False(stranger.Response.Headers.Contains("Access-Control-Allow-Credentials"));
        Assert.Equal(3501, (await stranger.NextAsync())!["push"]!["disconnect"]!["code"]!.GetValue<int>());
        await own.ConnectedAsync();
    }

    [Theory]
    [InlineData("/connection/http_stream", "GET", 405)]
    [InlineData("/connection/http_stream", "PUT", 405)]
    [InlineData("/connection/sse", "DELETE", 405)]
    [InlineData("/emulation", "GET", 405)]
    [InlineData("/connection/sse", "GET", 400)]
    public async Task WrongRequest_IsRefused(string path, string method, int status)
    {
        await using var host = await StreamHost.StartAsync();

        using var response = await host.SendAsync(new HttpMethod(method), path);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(0, host.Connections);
    }

    [Theory]
    [InlineData("/connection/http_stream")]
    [InlineData("/connection/sse")]
    [InlineData("/connection/uni_http_stream")]
    [InlineData("/connection/uni_sse")]
    public async Task RequestLargerThanAMessage_IsRefused(string path)
    {
        await using var host = await StreamHost.StartAsync();

        using var response = await host.SendAsync(HttpMethod.Post, path, new string(' ', (64 * 1024) + 1));

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Equal(0, host.Connections);
    }

    [Fact]
    public async Task MessageBesideAStream_LargerThanAMessage_IsRefused_AndTheLargestIsNot()
    {
        await using var host = await StreamHost.StartAsync();
        using var client = await host.OpenAsync("/connection/http_stream", Connect);
        var (session, node) = await client.ConnectedAsync();
        var command = """{"id":2,"publish":{"channel":"chat","data":"#"}}""";
        string Sized(int bytes) => command.Replace("#", new string('x', bytes - command.Length + 1), StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await host.EmulateAsync(session, node, Sized((64 * 1024) + 1)));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await host.EmulateAsync(session, node, new string('"', 200_000)));
        Assert.Equal(HttpStatusCode.NoContent, await host.EmulateAsync(session, node, Sized(64 * 1024)));
        Assert.NotNull((await client.NextAsync())!["publish"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("nonsense")]
    [InlineData("""{"session":1,"node":"x","data":"{}"}""")]
    public async Task Nonsense_BesideAStream_IsRefused(string body)
    {
        await using var host = await StreamHost.StartAsync();

        using var response = await host.SendAsync(HttpMethod.Post, "/emulation", body);

        Assert.InRange((int)response.StatusCode, 400, 404);
    }

    [Fact]
    public async Task UnknownNode_IsNotFound_AndAnUnknownSessionDoesNothing()
    {
        await using var host = await StreamHost.StartAsync();
        using var client = await host.OpenAsync("/connection/http_stream", Connect);
        var (session, node) = await client.ConnectedAsync();

        Assert.Equal(HttpStatusCode.NotFound, await host.EmulateAsync(session, "another", Connect));
        Assert.Equal(HttpStatusCode.NoContent, await host.EmulateAsync(session[..^1], node, """{"id":2,"publish":{"channel":"chat","data":1}}"""));
        Assert.Equal(0UL, (await host.Parley.GetHistoryAsync("chat")).Top.Offset);
    }

    [Fact]
    public async Task Get_TakesNothingThatChangesSomething()
    {
        await using var host = await StreamHost.StartAsync();
        var commands = Connect + "\n" + """{"id":2,"publish":{"channel":"chat","data":1}}""";

        using var byGet = await host.OpenAsync("/connection/sse?cf_connect=" + Uri.EscapeDataString(commands));
        await byGet.ConnectedAsync();

        Assert.Equal(3501, (await byGet.NextAsync())!["push"]!["disconnect"]!["code"]!.GetValue<int>());
        Assert.Equal(0UL, (await host.Parley.GetHistoryAsync("chat")).Top.Offset);
    }

    [Theory]
    [InlineData("http_stream")]
    [InlineData("sse")]
    public async Task AnotherUser_CannotSendBesideAStream(string transport)
    {
        await using var host = await StreamHost.StartAsync();
        using var client = await host.OpenAsync($"/connection/{transport}", Connect, (StreamHost.UserHeader, "ann"));
        var (session, node) = await client.ConnectedAsync();

        Assert.Equal(HttpStatusCode.Forbidden, await host.EmulateAsync(session, node, """{"id":2,"publish":{"channel":"chat","data":1}}"""));
        Assert.Equal(0UL, (await host.Parley.GetHistoryAsync("chat")).Top.Offset);
    }

    [Fact]
    public async Task BodyThatTakesItsTime_LetsItsPlaceGo()
    {
        await using var host = await StreamHost.StartAsync();
        using var socket = new System.Net.Sockets.TcpClient();
        await socket.ConnectAsync(host.Address.Host, host.Address.Port);
        var stream = socket.GetStream();
        await stream.WriteAsync("POST /connection/http_stream HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{"u8.ToArray());
        Assert.True(SpinWait.SpinUntil(() => host.Connections == 1, WebSockets.TestSession.Patience));

        var answer = new StreamReader(stream).ReadLineAsync();
        while (!answer.IsCompleted)
        {
            host.LetPass(seconds: 1);
            using var barrier = await host.SendAsync(HttpMethod.Options, "/emulation"); // the server has seen the time
        }

        Assert.Equal("HTTP/1.1 408 Request Timeout", await answer);
        Assert.True(SpinWait.SpinUntil(() => host.Connections == 0, WebSockets.TestSession.Patience));
    }

    [Fact]
    public async Task Secrets_OfStreams_AreLongAndNeverTheSame()
    {
        await using var host = await StreamHost.StartAsync();
        var secrets = new HashSet<string>();
        for (var i = 0; i < 20; i++)
        {
            using var client = await host.OpenAsync("/connection/http_stream", Connect);
            var (session, _) = await client.ConnectedAsync();
            Assert.Equal(32, session.Length);
            secrets.Add(session);
        }

        Assert.Equal(20, secrets.Count);
    }
}
