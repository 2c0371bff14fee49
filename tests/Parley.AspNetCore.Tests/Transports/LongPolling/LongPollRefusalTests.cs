using System.Net;
using System.Net.Sockets;
using System.Security.Claims;
using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Parley.Testing;

namespace Parley.AspNetCore.Tests.Transports.LongPolling;

public sealed class LongPollRefusalTests
{
    private const string Foreign = "https://elsewhere.example";
    private const string Named = "https://app.example.com";

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    [InlineData("PUT")]
    [InlineData("PATCH")]
    public async Task OtherMethods_AreRefused(string method)
    {
        await using var server = await LongPollServer.StartAsync();
        using var client = server.NewClient();

        var answer = await client.RequestAsync(new HttpMethod(method), null);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.Status);
        Assert.Equal("POST, DELETE, OPTIONS", answer.Headers["Allow"]);
    }

    [Theory]
    [InlineData("Parley-Ack", "-1")]
    [InlineData("Parley-Ack", "+1")]
    [InlineData("Parley-Ack", "1.0")]
    [InlineData("Parley-Ack", "0x1")]
    [InlineData("Parley-Ack", "1, 1")]
    [InlineData("Parley-Ack", "9223372036854775808")]
    [InlineData("Parley-Ack", "99999999999999999999999999999999999999")]
    [InlineData("Parley-Ack", "one")]
    [InlineData("Parley-Ack", "")]
    [InlineData("Parley-Seq", "-1")]
    [InlineData("Parley-Seq", "0")]
    [InlineData("Parley-Seq", "1e3")]
    [InlineData("Parley-Seq", "9223372036854775807")]
    [InlineData("Parley-Wait", "-1")]
    [InlineData("Parley-Wait", "soon")]
    public async Task NumbersThatAreNone_AreRefused_AndChangeNothing(string name, string value)
    {
        await using var server = await LongPollServer.StartAsync();
        var (client, session) = await server.OpenAsync();
        using var _ = client;
        (string, string)[] envelope = [("Parley-Session", client.Session), ("Parley-Node", client.Node)];
        (string, string)[] rest = name switch
        {
            "Parley-Seq" => [(name, value)],
            "Parley-Ack" => [("Parley-Seq", "1"), (name, value)],
            _ => [("Parley-Seq", "1"), ("Parley-Ack", "1"), (name, value)],
        };

        var answer = await client.RequestAsync(HttpMethod.Post, "x"u8.ToArray(), [.. envelope, .. rest]);

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal(1, session.Messages);
        Assert.Equal(HttpStatusCode.NoContent, (await client.PollAsync(ack: 1, wait: 0)).Status);
    }

    [Theory]
    [InlineData("Parley-Session")]
    [InlineData("Parley-Node")]
    [InlineData("Parley-Ack")]
    [InlineData("Parley-Seq")]
    public async Task DoubledHeader_IsRefused(string name)
    {
        await using var server = await LongPollServer.StartAsync();
        var (client, session) = await server.OpenAsync();
        using var _ = client;
        var values = new Dictionary<string, string>
        {
            ["Parley-Session"] = client.Session,
            ["Parley-Node"] = client.Node,
            ["Parley-Ack"] = "1",
            ["Parley-Seq"] = "1",
        };
        var lines = values.Append(KeyValuePair.Create(name, values[name])).Select(static pair => $"{pair.Key}: {pair.Value}\r\n");

        var answer = await RawAsync(server, $"Content-Type: application/json\r\nContent-Length: 1\r\n{string.Concat(lines)}\r\nx");

        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        Assert.Equal(1, session.Messages);
    }

    [Theory]
    [InlineData("Parley-Node", "this-node")]
    [InlineData("Parley-Ack", "0")]
    [InlineData("Parley-Seq", "1")]
    public async Task OpeningWithPartOfAnEnvelope_IsRefused(string name, string value)
    {
        await using var server = await LongPollServer.StartAsync();
        using var client = server.NewClient();
        client.Headers[name] = value;

        Assert.Equal(HttpStatusCode.BadRequest, (await client.OpenAsync()).Status);
        Assert.Equal(0, server.Limiter.Connections);
    }

    [Theory]
    [InlineData(null, null, null)]
    [InlineData(null, null, "x")]
    [InlineData(null, 1, null)]
    [InlineData(1, null, "x")]
    [InlineData(1, 1, null)]
    public async Task BodyWithoutNumber_OrNumberWithoutBody_OrNeither_IsRefused(int? ack, int? seq, string? body)
    {
        await using var server = await LongPollServer.StartAsync();
        var (client, session) = await server.OpenAsync();
        using var _ = client;

        var answer = await client.InSessionAsync(ack, seq, body is null ? null : Encoding.UTF8.GetBytes(body));

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal(1, session.Messages);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("multipart/form-data; boundary=b")]
    [InlineData("")]
    public async Task WhatAFormCanSend_IsRefused(string contentType)
    {
        await using var server = await LongPollServer.StartAsync();
        using var client = server.NewClient();

        var answer = await client.RequestAsync(HttpMethod.Post, "connect"u8.ToArray(), contentType: contentType);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.Status);
        Assert.Equal(0, server.Limiter.Connections);
    }

    [Fact]
    public async Task OtherEncodingThanTheSessions_IsRefused()
    {
        await using var server = await LongPollServer.StartAsync();
        var (client, session) = await server.OpenAsync();
        using var _ = client;
        (string, string)[] envelope = [("Parley-Session", client.Session), ("Parley-Node", client.Node), ("Parley-Seq", "1")];

        var answer = await client.RequestAsync(HttpMethod.Post, "x"u8.ToArray(), envelope, "application/octet-stream");

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.Status);
        Assert.Equal(1, session.Messages);
    }

    [Fact]
    public async Task EmptyOpening_IsRefused()
    {
        await using var server = await LongPollServer.StartAsync();
        using var client = server.NewClient();

        Assert.Equal(HttpStatusCode.BadRequest, (await client.OpenAsync("")).Status);
        Assert.Equal(0, server.Limiter.Connections);
    }

    [Fact]
    public async Task BodyLargerThanAMessage_IsRefused_AndItsNumberIsFree()
    {
        await using var server = await LongPollServer.StartAsync(new LongPollServerOptions { Clients = new() { MaxMessageBytes = 2000 } });
        var (client, session) = await server.OpenAsync();
        using var _ = client;
        using var other = server.NewClient();

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await client.SendAsync(1, new string('x', 2001))).Status);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await other.OpenAsync(new string('x', 2001))).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await client.SendAsync(1, new string('y', 2000))).Status);

        Assert.Equal(2, session.Messages);
        Assert.Equal(1, server.Limiter.Connections);
    }

    [Theory]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", null)]
    [InlineData(null, "another-node")]
    [InlineData("../../etc/passwd", null)]
    public async Task UnknownSessionOrNode_IsNotFound(string? session, string? node)
    {
        await using var server = await LongPollServer.StartAsync();
        var (client, _) = await server.OpenAsync();
        using var __ = client;
        client.Session = session ?? client.Session;
        client.Node = node ?? client.Node;

        Assert.Equal(HttpStatusCode.NotFound, (await client.PollAsync(ack: 1)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await client.SendAsync(1, "x")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await client.EndAsync()).Status);
    }

    [Theory]
    [InlineData("alice", "mallory")]
    [InlineData("alice", null)]
    [InlineData(null, "mallory")]
    public async Task SessionOfAnotherUser_IsNotFound_AndGoesOn(string? owner, string? other)
    {
        await using var server = await LongPollServer.StartAsync(new LongPollServerOptions
        {
            Prepare = static context =>
            {
                if (context.Request.Headers["Test-User"] is [{ } user])
                    context.User = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, user)], "test"));
            },
        });
        using var client = server.NewClient();
        BecomeUser(client, owner);
        await client.OpenAsync();
        var session = await server.Protocol.NextAsync();
        Assert.Equal(owner, session.Context.AuthenticatedUser);
        session.Send("private"u8);

        BecomeUser(client, other);
        var poll = await client.PollAsync(ack: 1);
        var send = await client.SendAsync(1, "forged");
        var end = await client.EndAsync();
        BecomeUser(client, owner);

        Assert.Equal([HttpStatusCode.NotFound, HttpStatusCode.NotFound, HttpStatusCode.NotFound], [poll.Status, send.Status, end.Status]);
        Assert.Equal("There is no such session: connect anew.", poll.Text);
        Assert.Equal("private\n", (await client.PollAsync(ack: 1)).Text);
        Assert.Equal(1, session.Messages);
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("DELETE")]
    [InlineData("GET")]
    [InlineData("OPTIONS")]
    public async Task PageOfAnotherSite_IsRefusedBeforeAnything(string method)
    {
        await using var server = await LongPollServer.StartAsync(
            new LongPollServerOptions { Clients = new() { AllowedOrigins = [Named] } });
        using var client = server.NewClient();
        client.Headers["Origin"] = Foreign;

        var answer = await client.RequestAsync(new HttpMethod(method), method == "POST" ? "connect"u8.ToArray() : null);

        Assert.Equal(HttpStatusCode.Forbidden, answer.Status);
        Assert.DoesNotContain("Access-Control-Allow-Origin", answer.Headers.Keys);
        Assert.Equal(0, server.Limiter.Connections);
    }

    [Fact]
    public async Task PageOfANamedSite_MaySendAndReadTheEnvelope_WithCredentials()
    {
        await using var server = await LongPollServer.StartAsync(
            new LongPollServerOptions { Clients = new() { AllowedOrigins = [Named] } });
        using var client = server.NewClient();
        client.Headers["Origin"] = Named;

        var preflight = await client.RequestAsync(HttpMethod.Options, null);
        var opening = await client.OpenAsync();

        Assert.Equal(HttpStatusCode.NoContent, preflight.Status);
        Assert.Equal("POST, DELETE, OPTIONS", preflight.Headers["Access-Control-Allow-Methods"]);
        foreach (var header in (string[])["Content-Type", "Parley-Session", "Parley-Node", "Parley-Ack", "Parley-Seq", "Parley-Wait"])
            Assert.Contains(header, preflight.Headers["Access-Control-Allow-Headers"].Split(", "));
        foreach (var header in (string[])["Parley-Session", "Parley-Node", "Parley-Batch", "Parley-Seq", "Parley-Last", "Retry-After"])
            Assert.Contains(header, opening.Headers["Access-Control-Expose-Headers"].Split(", "));
        Assert.Equal((Named, "true"), (opening.Headers["Access-Control-Allow-Origin"], opening.Headers["Access-Control-Allow-Credentials"]));
        Assert.Contains("Origin", opening.Headers["Vary"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task PageOfAnySite_WhereAllMayCome_IsNotGivenCredentials()
    {
        await using var server = await LongPollServer.StartAsync(new LongPollServerOptions
        {
            Clients = new() { AllowedOrigins = ["*"] },
            Prepare = static context =>
                context.User = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, "victim")], "cookie")),
        });
        using var client = server.NewClient();
        client.Headers["Origin"] = Foreign;

        var opening = await client.OpenAsync();

        Assert.Equal("*", opening.Headers["Access-Control-Allow-Origin"]);
        Assert.DoesNotContain("Access-Control-Allow-Credentials", opening.Headers.Keys);
        Assert.Null((await server.Protocol.NextAsync()).Context.AuthenticatedUser);
        Assert.Equal(HttpStatusCode.NoContent, (await client.PollAsync(ack: 1, wait: 0)).Status);
    }

    [Fact]
    public async Task BodyThatTricklesIn_IsCutByTheHost_AndCountsForNothing()
    {
        await using var server = await LongPollServer.StartAsync(new LongPollServerOptions
        {
            ConfigureKestrel = static kestrel => kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(10_000, TimeSpan.FromSeconds(1.1)),
        });

        var answer = await RawAsync(server, "Content-Type: application/json\r\nContent-Length: 1000\r\n\r\nthat is all");

        Assert.StartsWith("HTTP/1.1 4", answer, StringComparison.Ordinal);
        Assert.Equal(0, server.Limiter.Connections);
    }

    private static void BecomeUser(LongPollClient client, string? user)
    {
        client.Headers.Remove("Test-User");
        if (user is not null) client.Headers["Test-User"] = user;
    }

    /// <summary>Sends a POST as it is, and reads until the server has closed the link.</summary>
    private static async Task<string> RawAsync(LongPollServer server, string rest)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, server.Address.Port);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"POST /connection/long_poll HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{rest}"));
        using var reader = new StreamReader(stream, Encoding.ASCII);
        return await reader.ReadToEndAsync().WaitAsync(Patience.Limit);
    }
}
