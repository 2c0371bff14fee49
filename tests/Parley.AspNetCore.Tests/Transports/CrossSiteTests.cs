using System.Net;
using Parley.AspNetCore.Tests.Transports.Streams;

namespace Parley.AspNetCore.Tests.Transports;

/// <summary>What pages of other sites can make a browser do, on every transport: nothing.</summary>
/// <remarks>Faults S3 and S4: cross-site WebSocket hijacking, and request forgery on what stands in for it.</remarks>
public sealed class CrossSiteTests
{
    private const string Named = "https://good.example";
    private const string Foreign = "https://evil.example";
    private const string Connect = """{"id":1,"connect":{}}""";
    private const string ConnectAndPublish = Connect + "\n" + """{"id":2,"publish":{"channel":"chat","data":1}}""";

    private static readonly string[] ForeignOrigins =
    [
        Foreign, "null", "", "https://good.example.evil.example", "https://good.evil", "http://good.example", "https://good.example:8443",
        "https://good.example/", "https://evil.example@good.example", "https://evilgood.example", "https://a.good.example", "good.example",
        "https://good.example, https://evil.example",
    ];

    public static TheoryData<string> AllPaths => [.. TransportPaths.All];

    public static TheoryData<string> HttpPaths => [.. TransportPaths.Http];

    [Theory]
    [MemberData(nameof(AllPaths))]
    public async Task PageOfAnotherOrigin_IsRefusedBeforeAnything_AndLearnsNothing(string path)
    {
        await using var host = await StartAsync();
        foreach (var origin in ForeignOrigins)
        {
            using var answer = await OpenAsync(host, path, origin);

            Assert.True(answer.StatusCode == HttpStatusCode.Forbidden, $"{origin}: {answer.StatusCode}");
            Assert.DoesNotContain(answer.Headers, static header => header.Key.StartsWith("Access-Control-", StringComparison.OrdinalIgnoreCase));
        }

        Assert.Equal(0, host.Connections);
        Assert.Equal(0UL, (await host.Parley.GetHistoryAsync("chat")).Top.Offset);
    }

    [Theory]
    [MemberData(nameof(AllPaths))]
    public async Task PageOfANamedOrigin_HoweverItIsSpelled_AndRequestsOfNoPage_AreNotRefused(string path)
    {
        await using var host = await StartAsync();
        foreach (var origin in new[] { null, Named, "https://GOOD.example", "https://good.example:443", host.Address.GetLeftPart(UriPartial.Authority) })
        {
            using var answer = await OpenAsync(host, path, origin);
            Assert.True(answer.StatusCode != HttpStatusCode.Forbidden, $"{origin}: {answer.StatusCode}");
        }
    }

    [Theory]
    [MemberData(nameof(HttpPaths))]
    public async Task Answer_NamesNoOriginButTheConfiguredOne_AndAllowsCredentialsToNoOther(string path)
    {
        await using var host = await StartAsync();
        await using var open = await StartAsync("*");

        using var named = await host.SendAsync(HttpMethod.Options, path, null, ("Origin", Named), ("Access-Control-Request-Method", "POST"));
        using var anybody = await open.SendAsync(HttpMethod.Options, path, null, ("Origin", Foreign), ("Access-Control-Request-Method", "POST"));

        Assert.Equal((Named, "true"), (AllowedOriginOf(named), CredentialsOf(named)));
        Assert.Contains("Origin", named.Headers.Vary);
        Assert.Equal(("*", null), (AllowedOriginOf(anybody), CredentialsOf(anybody)));
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("multipart/form-data; boundary=b")]
    public async Task WhatAFormOfAnotherSiteCanSend_RunsNothing(string contentType)
    {
        await using var host = await StartAsync();
        using var victim = await host.OpenAsync("/connection/http_stream", Connect, (StreamHost.UserHeader, "victim"));
        var (session, node) = await victim.ConnectedAsync();
        var emulation = $$$"""{"session":"{{{session}}}","node":"{{{node}}}","data":"{\"id\":2,\"publish\":{\"channel\":\"chat\",\"data\":1}}"}""";

        foreach (var path in TransportPaths.Http)
        {
            // Old browsers send no origin with forms, and say otherwise where the form is; null is what sandboxes send.
            foreach (var (name, value) in new[] { ("Origin", Foreign), ("Origin", "null"), ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Site", "same-site") })
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, path)
                {
                    Content = new StringContent(path == TransportPaths.Emulation ? emulation : ConnectAndPublish),
                };
                request.Content.Headers.Remove("Content-Type");
                Assert.True(request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType));
                request.Headers.Add(name, value);
                request.Headers.Add(StreamHost.UserHeader, "victim");
                using var answer = await host.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
                Assert.False(answer.IsSuccessStatusCode, $"{path}, {value}");
            }
        }

        Assert.Equal(0UL, (await host.Parley.GetHistoryAsync("chat")).Top.Offset);
        Assert.Equal(1, host.Connections);
    }

    [Theory]
    [MemberData(nameof(AllPaths))]
    public async Task Get_ChangesNothing(string path)
    {
        await using var host = await StartAsync();
        using var victim = await host.OpenAsync("/connection/http_stream", Connect, (StreamHost.UserHeader, "someone"));
        var (session, node) = await victim.ConnectedAsync();
        var query = $"?cf_connect={Uri.EscapeDataString(ConnectAndPublish)}&data={Uri.EscapeDataString(ConnectAndPublish)}&session={session}&node={node}";

        using var answer = await host.OpenAsync(
            path + query, body: null, ("Parley-Session", session), ("Parley-Node", node), ("Parley-Seq", "1"));
        if (answer.Response.Content.Headers.ContentLength is null && answer.Response.IsSuccessStatusCode)
            await answer.LineAsync();

        await host.Parley.PublishAsync("chat", "2"u8.ToArray());
        Assert.Equal(1UL, (await host.Parley.GetHistoryAsync("chat")).Top.Offset);
    }

    private static Task<StreamHost> StartAsync(string allowed = Named) =>
        StreamHost.StartAsync(options => options.Clients.AllowedOrigins = [allowed]);

    /// <summary>Asks for a connection as a page of an origin does, with what the browser holds for the victim.</summary>
    private static async Task<HttpResponseMessage> OpenAsync(StreamHost host, string path, string? origin)
    {
        (string, string)[] headers = origin is null ? [] : [("Origin", origin)];
        var isWebSocket = path == TransportPaths.WebSocket;
        var isEvents = path == TransportPaths.Events;
        var opened = await host.OpenAsync(
            isEvents ? path + "?channel=chat" : path,
            isWebSocket || isEvents ? null : ConnectAndPublish,
            [.. headers, .. isWebSocket ? TransportPaths.Handshake : [], (StreamHost.UserHeader, "victim")]);
        return opened.Response;
    }

    private static string? AllowedOriginOf(HttpResponseMessage answer) => HeaderOf(answer, "Access-Control-Allow-Origin");

    private static string? CredentialsOf(HttpResponseMessage answer) => HeaderOf(answer, "Access-Control-Allow-Credentials");

    private static string? HeaderOf(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) ? values.Single() : null;
}
