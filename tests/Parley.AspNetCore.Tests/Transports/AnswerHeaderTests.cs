using System.Net;
using Parley.AspNetCore.Tests.Transports.Streams;

namespace Parley.AspNetCore.Tests.Transports;

/// <summary>What keeps browsers and proxies from storing answers or taking them for something else.</summary>
public sealed class AnswerHeaderTests
{
    private const string Connect = """{"id":1,"connect":{}}""";

    [Theory]
    [InlineData("/connection/http_stream", "application/x-ndjson; charset=utf-8")]
    [InlineData("/connection/sse", "text/event-stream; charset=utf-8")]
    [InlineData("/connection/uni_http_stream", "application/x-ndjson; charset=utf-8")]
    [InlineData("/connection/uni_sse", "text/event-stream; charset=utf-8")]
    [InlineData("/connection/long_poll", "application/json")]
    public async Task Connection_IsNotStored_AndIsWhatItSays(string path, string contentType)
    {
        await using var host = await StreamHost.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        request.Content = new StringContent(path.Contains("uni_", StringComparison.Ordinal) ? "{}" : Connect, new System.Net.Http.Headers.MediaTypeHeaderValue("application/json"));
        using var answer = await host.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        AssertSafe(answer);
        Assert.Equal(contentType, answer.Content.Headers.ContentType!.ToString());
    }

    [Fact]
    public async Task Events_AreNotStored_AndAreWhatTheySay()
    {
        await using var host = await StreamHost.StartAsync();
        using var client = await host.OpenAsync("/connection/events?channel=chat");

        AssertSafe(client.Response);
        Assert.Equal("text/event-stream; charset=utf-8", client.Response.Content.Headers.ContentType!.ToString());
    }

    [Fact]
    public async Task Refusals_Preflights_AndEmptyAnswers_AreNotStored_AndAreNoScript()
    {
        await using var host = await StreamHost.StartAsync(static options => options.Clients.AllowedOrigins = ["https://good.example"]);
        foreach (var path in TransportPaths.All)
        {
            var handshake = path == TransportPaths.WebSocket ? TransportPaths.Handshake : [];
            using var foreign = await host.SendAsync(HttpMethod.Get, path, null, [("Origin", "https://evil.example"), .. handshake]);
            using var nonsense = await host.SendAsync(HttpMethod.Post, path, "\u0001");
            AssertSafe(foreign, isText: true);
            if (path != TransportPaths.WebSocket) AssertSafe(nonsense);
            if (path == TransportPaths.WebSocket) continue;
            using var preflight = await host.SendAsync(HttpMethod.Options, path, null, ("Origin", "https://good.example"));
            Assert.Equal(HttpStatusCode.NoContent, preflight.StatusCode);
            AssertSafe(preflight);
        }
    }

    private static void AssertSafe(HttpResponseMessage answer, bool isText = false)
    {
        var about = $"{answer.RequestMessage!.Method} {answer.RequestMessage.RequestUri!.AbsolutePath}: {(int)answer.StatusCode}";
        if (answer.StatusCode == HttpStatusCode.MethodNotAllowed) return; // by the host's routing, without a body
        Assert.True(answer.Headers.CacheControl?.NoStore, about);
        Assert.True(answer.Headers.TryGetValues("X-Content-Type-Options", out var sniffing) && sniffing.Single() == "nosniff", about);
        if (isText) Assert.Equal("text/plain; charset=utf-8", answer.Content.Headers.ContentType?.ToString());
    }
}
