using System.Security.Claims;
using Microsoft.Extensions.Logging;
using Parley.AspNetCore.Transports.WebSockets;
using Parley.Sessions;
using Parley.Testing;

namespace Parley.AspNetCore.Tests.Transports.WebSockets;

public abstract class WebSocketHandshakeTests(HostKind kind)
{
    [Fact]
    public async Task Handshake_OfTheRfc_GetsTheAnswerOfTheRfc()
    {
        await using var server = await WebSocketServer.StartAsync(kind);

        var response = await ShakeAsync(server);

        Assert.Equal(101, response.Status);
        Assert.Equal("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", response.Headers["Sec-WebSocket-Accept"]);
        Assert.Equal("websocket", response.Headers["Upgrade"], ignoreCase: true);
        Assert.Equal("Upgrade", response.Headers["Connection"], ignoreCase: true);
        Assert.DoesNotContain("Sec-WebSocket-Protocol", response.Headers.Keys, StringComparer.OrdinalIgnoreCase);
        Assert.DoesNotContain("Sec-WebSocket-Extensions", response.Headers.Keys, StringComparer.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("Connection", "keep-alive, Upgrade")]
    [InlineData("Connection", "upgrade")]
    [InlineData("Upgrade", "WebSocket")]
    [InlineData("Upgrade", "h2c, websocket")]
    [InlineData("Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits")]
    public async Task Handshake_SpelledAsClientsDo_Succeeds(string header, string value)
    {
        await using var server = await WebSocketServer.StartAsync(kind);

        Assert.Equal(101, (await ShakeAsync(server, (header, value))).Status);
    }

    [Theory]
    [InlineData("Connection", null, 426)]
    [InlineData("Connection", "keep-alive", 426)]
    [InlineData("Connection", "upgraded", 426)]
    [InlineData("Upgrade", null, 426)]
    [InlineData("Upgrade", "h2c", 426)]
    [InlineData("Upgrade", "websockets", 426)]
    [InlineData("Sec-WebSocket-Version", null, 426)]
    [InlineData("Sec-WebSocket-Version", "8", 426)]
    [InlineData("Sec-WebSocket-Version", "14", 426)]
    [InlineData("Sec-WebSocket-Version", "13, 8", 426)]
    [InlineData("Sec-WebSocket-Version", "x", 426)]
    [InlineData("Sec-WebSocket-Key", null, 400)]
    [InlineData("Sec-WebSocket-Key", "", 400)]
    [InlineData("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ", 400)]
    [InlineData("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=", 400)]
    [InlineData("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZTE=", 400)] // 17 bytes
    [InlineData("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25j", 400)] // 15 bytes
    [InlineData("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25j ZQ==", 400)]
    [InlineData("Sec-WebSocket-Key", "!!!!!!!!!!!!!!!!!!!!!!==", 400)]
    public async Task Handshake_ThatBreaksARule_IsRefused(string header, string? value, int status)
    {
        await using var server = await WebSocketServer.StartAsync(kind);

        var response = await ShakeAsync(server, (header, value));

        Assert.Equal(status, response.Status);
        if (header == "Sec-WebSocket-Version") Assert.Equal("13", response.Headers["Sec-WebSocket-Version"]);
        else if (status == 426) Assert.Equal("websocket", response.Headers["Upgrade"]);
        Assert.Equal(0, server.Limiter.Connections);
    }

    [Theory]
    [InlineData("POST / HTTP/1.1", 405)]
    [InlineData("HEAD / HTTP/1.1", 405)]
    [InlineData("GET / HTTP/1.0", 400)]
    public async Task Handshake_WithAnotherMethodOrVersion_IsRefused(string requestLine, int status)
    {
        await using var server = await WebSocketServer.StartAsync(kind);
        await using var client = await RawWebSocketClient.OpenAsync(server.Endpoint);
        var hasBody = requestLine.StartsWith("POST", StringComparison.Ordinal);
        var headers = new Dictionary<string, string?> { ["Content-Length"] = hasBody ? "0" : null };

        await client.SendAsync(RawWebSocketClient.Handshake(server.Endpoint, headers: headers, requestLine: requestLine));

        Assert.Equal(status, (await client.ReadHeadAsync()).Status);
    }

    [Theory]
    [InlineData(null, "/", null, false)]
    [InlineData("centrifuge-json", "/", "centrifuge-json", false)]
    [InlineData("centrifuge-protobuf", "/", "centrifuge-protobuf", true)]
    [InlineData("other, centrifuge-protobuf", "/", "centrifuge-protobuf", true)]
    [InlineData("centrifuge-protobuf,centrifuge-json", "/", "centrifuge-protobuf", true)]
    [InlineData("centrifuge-json, centrifuge-protobuf", "/", "centrifuge-json", false)]
    [InlineData("graphql-ws", "/", null, false)]
    [InlineData("Centrifuge-Protobuf", "/", null, false)]
    [InlineData("graphql-ws", "/?cf_protocol=protobuf", null, true)]
    [InlineData(null, "/?cf_protocol=protobuf", null, true)]
    [InlineData(null, "/?format=protobuf", null, true)]
    [InlineData(null, "/?format=json", null, false)]
    [InlineData("centrifuge-json", "/?format=protobuf", "centrifuge-json", false)]
    public async Task SubProtocol_IsChosenByTheClient_AndEchoed(string? offer, string target, string? answer, bool isBinary)
    {
        await using var server = await WebSocketServer.StartAsync(kind);
        await using var client = await RawWebSocketClient.OpenAsync(server.Endpoint);
        var headers = new Dictionary<string, string?> { ["Sec-WebSocket-Protocol"] = offer };

        await client.SendAsync(RawWebSocketClient.Handshake(server.Endpoint, target, headers));
        var response = await client.ReadResponseAsync();
        var session = await server.Protocol.NextAsync();

        Assert.Equal(answer, response.Headers.GetValueOrDefault("Sec-WebSocket-Protocol"));
        Assert.Equal(isBinary, session.Context.IsBinary);
        Assert.Same(isBinary ? WebSocketFraming.Binary : WebSocketFraming.Text, session.Context.Framing);
        session.Send("x"u8);
        Assert.Equal(isBinary ? RawWebSocketFrame.BinaryFrame : RawWebSocketFrame.TextFrame, (await client.ReadFrameAsync()).Opcode);
    }

    [Theory]
    [InlineData("/", false)]
    [InlineData("/?cf_ws_frame_ping_pong=true", true)]
    [InlineData("/?cf_ws_frame_ping_pong=false", false)]
    public async Task NativePing_IsThereForClientsThatAskForIt(string target, bool isNative)
    {
        await using var server = await WebSocketServer.StartAsync(kind);
        var (client, session) = await server.ConnectAsync(target);
        await using var _ = client;

        Assert.Equal(isNative, session.Context.NativePing is not null);
        if (session.Context.NativePing is not { } ping) return;

        session.Connection.TryEnqueue(ping);
        var frame = await client.ReadFrameAsync();
        Assert.Equal((RawWebSocketFrame.PingFrame, 0), (frame.Opcode, frame.Payload.Length));
        await client.SendAsync(new RawWebSocketFrame(RawWebSocketFrame.PongFrame, []));
        await session.Pong;
    }

    [Theory]
    [InlineData(null, 101)]
    [InlineData("http://HOST", 101)]
    [InlineData("https://HOST", 101)]
    [InlineData("https://partner.example", 101)]
    [InlineData("https://PARTNER.example:443", 101)]
    [InlineData("https://evil.example", 403)]
    [InlineData("null", 403)]
    [InlineData("http://HOST.evil.example", 403)]
    [InlineData("http://partner.example", 403)]
    [InlineData("https://partner.example:8443", 403)]
    [InlineData("https://partner.example.evil.example", 403)]
    [InlineData("http://127.0.0.1", 403)]
    public async Task Origin_IsCheckedBeforeTheUpgrade(string? origin, int status)
    {
        await using var server = await WebSocketServer.StartAsync(kind, new WebSocketServerOptions
        {
            Clients = new ClientOptions { AllowedOrigins = ["https://partner.example"] },
        });

        var response = await ShakeAsync(server, ("Origin", origin?.Replace("HOST", server.Endpoint.ToString(), StringComparison.Ordinal)));

        Assert.Equal(status, response.Status);
        if (status == 403) Assert.DoesNotContain("Sec-WebSocket-Accept", response.Headers.Keys);
    }

    [Fact]
    public async Task Refusal_LogsOriginAndReason_AndNothingOfTheQuery()
    {
        await using var server = await WebSocketServer.StartAsync(kind);
        await using var client = await RawWebSocketClient.OpenAsync(server.Endpoint);
        var headers = new Dictionary<string, string?> { ["Origin"] = "https://evil.example/\u001b[31m" };

        await client.SendAsync(RawWebSocketClient.Handshake(server.Endpoint, "/?token=canary", headers));
        Assert.Equal(403, (await client.ReadResponseAsync()).Status);

        var entry = Assert.Single(server.Log.Ours, static entry => entry.Category.EndsWith("WebSocketEndpoint", StringComparison.Ordinal));
        Assert.Equal(LogLevel.Information, entry.Level);
        Assert.Contains("127.0.0.1, origin https://evil.example/?[31m, is refused with 403", entry.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", entry.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Context_TellsAddressAndOrigin()
    {
        await using var server = await WebSocketServer.StartAsync(kind);
        await using var client = await RawWebSocketClient.OpenAsync(server.Endpoint);

        await client.SendAsync(RawWebSocketClient.Handshake(
            server.Endpoint, headers: new Dictionary<string, string?> { ["Origin"] = $"http://{server.Endpoint}" }));
        var context = (await server.Protocol.NextAsync()).Context;

        Assert.Equal(server.Endpoint.Address, context.RemoteAddress);
        Assert.Equal($"http://{server.Endpoint}", context.Origin);
        Assert.Null(context.AuthenticatedUser);
    }

    [Theory]
    [InlineData("id", "subject", "name", true, "id")]
    [InlineData(null, "subject", "name", true, "subject")]
    [InlineData(null, null, "name", true, "name")]
    [InlineData("id", "subject", "name", false, null)]
    public async Task Context_TellsTheUserOfAnAuthenticatedRequest(
        string? id, string? subject, string name, bool isAuthenticated, string? user)
    {
        var claims = new List<Claim> { new(ClaimTypes.Name, name) };
        if (subject is not null) claims.Add(new Claim("sub", subject));
        if (id is not null) claims.Add(new Claim(ClaimTypes.NameIdentifier, id));
        await using var server = await WebSocketServer.StartAsync(kind, new WebSocketServerOptions
        {
            Prepare = context => context.User = new ClaimsPrincipal(new ClaimsIdentity(claims, isAuthenticated ? "test" : null)),
        });

        var (client, session) = await server.ConnectAsync();
        await using var _ = client;

        Assert.Equal(user, session.Context.AuthenticatedUser);
    }

    [Fact]
    public async Task Connections_OverTheLimit_Get503WithRetryAfter_UntilOneLeaves()
    {
        var clients = new ClientOptions { MaxConnections = 1 };
        await using var server = await WebSocketServer.StartAsync(kind, new WebSocketServerOptions { Clients = clients });
        var (first, _) = await server.ConnectAsync();

        var refused = await ShakeAsync(server);
        Assert.Equal(503, refused.Status);
        Assert.InRange(int.Parse(refused.Headers["Retry-After"], System.Globalization.CultureInfo.InvariantCulture), 1, 6);

        await first.DisposeAsync();
        await server.RequestEnded;
        Assert.Equal(101, (await ShakeAsync(server)).Status);
    }

    [Fact]
    public async Task Handshakes_OverTheRate_Get503WithRetryAfter()
    {
        await using var server = await WebSocketServer.StartAsync(kind, new WebSocketServerOptions
        {
            Clients = new ClientOptions { HandshakesPerSecond = 2 },
            Time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(),
        });

        int[] answers = [(await ShakeAsync(server)).Status, (await ShakeAsync(server)).Status, (await ShakeAsync(server)).Status];

        Assert.Equal([101, 101, 503], answers);
    }

    [Fact]
    public async Task Handshake_WhileTheHostStops_Gets503()
    {
        await using var server = await WebSocketServer.StartAsync(kind);
        await using var client = await RawWebSocketClient.OpenAsync(server.Endpoint);

        server.AnnounceStop();
        await client.SendAsync(RawWebSocketClient.Handshake(server.Endpoint));

        var response = await client.ReadResponseAsync();
        Assert.Equal(503, response.Status);
        Assert.Equal("1", response.Headers["Retry-After"]);
    }

    [Fact]
    public async Task Handshake_BeyondTheHostsOwnLimit_Gets503()
    {
        await using var server = await WebSocketServer.StartAsync(kind, new WebSocketServerOptions
        {
            ConfigureKestrel = static kestrel => kestrel.Limits.MaxConcurrentUpgradedConnections = 1,
        });
        var (first, _) = await server.ConnectAsync();
        await using var _1 = first;

        Assert.Equal(503, (await ShakeAsync(server)).Status);
        Assert.Equal(1, server.Limiter.Connections);
    }

    [Fact]
    public async Task NewEndpoint_WithSomethingElseThanOrigins_Fails()
    {
        var clients = new ClientOptions { AllowedOrigins = ["example.com"] };

        await Assert.ThrowsAsync<ArgumentException>(() => WebSocketServer.StartAsync(kind, new WebSocketServerOptions { Clients = clients }));
    }

    private static async Task<RawHttpResponse> ShakeAsync(WebSocketServer server, params (string Name, string? Value)[] headers)
    {
        var client = await RawWebSocketClient.OpenAsync(server.Endpoint); // left open, so that what it got stays taken
        await client.SendAsync(RawWebSocketClient.Handshake(
            server.Endpoint, headers: headers.Select(static header => KeyValuePair.Create(header.Name, header.Value))));
        return await client.ReadResponseAsync();
    }
}

public sealed class WebSocketHandshakeOverPipesTests() : WebSocketHandshakeTests(HostKind.Raw);
public sealed class WebSocketHandshakeOverOwnSocketTests() : WebSocketHandshakeTests(HostKind.Own);
public sealed class WebSocketHandshakeOverIoUringTests() : WebSocketHandshakeTests(HostKind.IoUring);
