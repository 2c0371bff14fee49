using System.Net;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Parley.Sessions;
using Parley.Testing;

namespace Parley.AspNetCore.Tests.Transports.WebSockets;

/// <summary>What differs from host to host, and an independent client: the one of .NET.</summary>
public sealed class WebSocketHostTests
{
    private static readonly WebSocketServerOptions Http2 = new() { Protocols = HttpProtocols.Http2 };

    [Theory]
    [InlineData(HostKind.Raw)]
    [InlineData(HostKind.Socket)]
    [InlineData(HostKind.Tls)]
    [InlineData(HostKind.Stream)]
    [InlineData(HostKind.Own)]
    [InlineData(HostKind.IoUring)]
    public async Task FramesSentWithTheHandshake_AreNotLost(HostKind kind)
    {
        await using var server = await WebSocketServer.StartAsync(kind);
        await using var client = await RawWebSocketClient.OpenAsync(server.Endpoint, useTls: kind == HostKind.Tls);

        byte[] all =
        [
            .. RawWebSocketClient.Handshake(server.Endpoint),
            .. RawWebSocketFrame.OfText("impatient").ToBytes(),
            .. RawWebSocketFrame.OfText("very").ToBytes(),
        ];
        await client.SendAsync(all);

        Assert.Equal(101, (await client.ReadResponseAsync()).Status);
        Assert.Equal("impatient", (await client.ReadFrameAsync()).Text);
        Assert.Equal("very", (await client.ReadFrameAsync()).Text);
    }

    [Theory]
    [InlineData(HostKind.Raw)]
    [InlineData(HostKind.Socket)]
    [InlineData(HostKind.Tls)]
    [InlineData(HostKind.Stream)]
    [InlineData(HostKind.Own)]
    [InlineData(HostKind.IoUring)]
    public async Task RequestBeforeTheHandshake_OnTheSameLink_DoesNotDisturb(HostKind kind)
    {
        await using var server = await WebSocketServer.StartAsync(kind);
        await using var client = await RawWebSocketClient.OpenAsync(server.Endpoint, useTls: kind == HostKind.Tls);

        await client.SendAsync(RawWebSocketClient.Handshake(
            server.Endpoint,
            requestLine: "POST / HTTP/1.1",
            headers: [new("Upgrade", null), new("Connection", "keep-alive"), new("Content-Length", "0")]));
        Assert.Equal(405, (await client.ReadResponseAsync()).Status);
        await client.SendAsync(RawWebSocketClient.Handshake(server.Endpoint));

        Assert.Equal(101, (await client.ReadResponseAsync()).Status);
        await client.SendTextAsync("hello");
        Assert.Equal("hello", (await client.ReadFrameAsync()).Text);
    }

    [Fact]
    public async Task DotNetClient_Http1_TalksAndClosesFromEitherSide()
    {
        await using var server = await WebSocketServer.StartAsync();
        await TalkAsync(server, static client => client.Options.HttpVersion = HttpVersion.Version11);
    }

    [Fact]
    public async Task DotNetClient_Tls_TalksAndClosesFromEitherSide()
    {
        await using var server = await WebSocketServer.StartAsync(HostKind.Tls);
        await TalkAsync(server, static client => client.Options.RemoteCertificateValidationCallback = static (_, _, _, _) => true, "wss");
    }

    [Fact]
    public async Task DotNetClient_Http2_TalksAndClosesFromEitherSide()
    {
        await using var server = await WebSocketServer.StartAsync(Http2);
        await TalkAsync(server, UseHttp2);
    }

    [Fact]
    public async Task Http2_OriginAndLimits_AreCheckedBeforeTheConnection()
    {
        await using var server = await WebSocketServer.StartAsync(Http2 with { Clients = new ClientOptions { MaxConnections = 1 } });
        using var foreign = Client(client =>
        {
            UseHttp2(client);
            client.Options.SetRequestHeader("Origin", "https://evil.example");
        });
        using var first = Client(UseHttp2);
        using var second = Client(UseHttp2);
        using var invoker = new HttpMessageInvoker(new SocketsHttpHandler());
        var address = new Uri($"ws://{server.Endpoint}/");

        await Assert.ThrowsAsync<WebSocketException>(() => foreign.ConnectAsync(address, invoker, Patience()));
        Assert.Equal(HttpStatusCode.Forbidden, foreign.HttpStatusCode);
        await first.ConnectAsync(address, invoker, Patience());
        await Assert.ThrowsAsync<WebSocketException>(() => second.ConnectAsync(address, invoker, Patience()));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, second.HttpStatusCode);
    }

    [Fact]
    public async Task Http2_ClientThatVanishes_IsClosed()
    {
        await using var server = await WebSocketServer.StartAsync(Http2);
        using var client = Client(UseHttp2);
        using var invoker = new HttpMessageInvoker(new SocketsHttpHandler());
        await client.ConnectAsync(new Uri($"ws://{server.Endpoint}/"), invoker, Patience());
        var session = await server.Protocol.NextAsync();

        client.Abort();

        await session.Closed;
        await server.RequestEnded;
        Assert.Equal(0, server.Limiter.Connections);
        Assert.DoesNotContain(server.Log.Entries, static entry => entry.Level >= LogLevel.Warning);
    }

    [Fact]
    public async Task Http2_ClientThatNeverReads_IsCutAlone()
    {
        var time = new FakeTimeProvider();
        await using var server = await WebSocketServer.StartAsync(Http2 with { Time = time, SendBuffer = 4096 });
        using var invoker = new HttpMessageInvoker(new SocketsHttpHandler());
        var address = new Uri($"ws://{server.Endpoint}/");
        using var slow = Client(UseHttp2);
        using var quick = Client(UseHttp2);
        await slow.ConnectAsync(address, invoker, Patience());
        var slowSession = await server.Protocol.NextAsync();
        await quick.ConnectAsync(address, invoker, Patience());
        await server.Protocol.NextAsync();
        for (var i = 0; slowSession.Send(new byte[16 * 1024]); i++) Assert.InRange(i, 0, 1000);

        slowSession.Connection.Close(DisconnectReason.Slow);
        time.Advance(TimeSpan.FromSeconds(5.2));

        await slowSession.Closed;
        await server.RequestEnded;
        Assert.Equal("still here", await EchoAsync(quick, "still here"));
    }

    [Theory]
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)]
    public async Task HostsOwnLimits_DoNotEndAConnection(HttpProtocols protocols)
    {
        await using var server = await WebSocketServer.StartAsync(new WebSocketServerOptions
        {
            Protocols = protocols,
            ConfigureKestrel = static kestrel =>
            {
                kestrel.Limits.MaxRequestBodySize = 10;
                kestrel.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(3);
                kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(1);
                kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(1e9, TimeSpan.FromSeconds(1.1));
                kestrel.Limits.MinResponseDataRate = new MinDataRate(1e9, TimeSpan.FromSeconds(1.1));
            },
        });
        using var client = Client(client => client.Options.HttpVersion = HttpVersion.Version11);
        if (protocols == HttpProtocols.Http2) UseHttp2(client);
        using var invoker = new HttpMessageInvoker(new SocketsHttpHandler());
        await client.ConnectAsync(new Uri($"ws://{server.Endpoint}/"), invoker, Patience());

        // Kestrel checks its limits about once a second by a timer of its own. When it cuts a link that never said a word,
        // after 3 seconds, it has had time to cut ours for each of the others.
        await using var silent = await RawWebSocketClient.OpenAsync(server.Endpoint);
        await silent.ReadToEndAsync();

        Assert.Equal("longer than ten bytes", await EchoAsync(client, "longer than ten bytes"));
    }

    [Fact]
    public async Task RequestTimeout_IsTakenOff()
    {
        var timeout = new TestRequestTimeout();
        await using var server = await WebSocketServer.StartAsync(new WebSocketServerOptions
        {
            Prepare = context => context.Features.Set<IHttpRequestTimeoutFeature>(timeout),
        });

        var (client, _) = await server.ConnectAsync();
        await using var _1 = client;

        Assert.True(timeout.IsDisabled);
    }

    private static async Task TalkAsync(WebSocketServer server, Action<ClientWebSocket> configure, string scheme = "ws")
    {
        using var invoker = new HttpMessageInvoker(new SocketsHttpHandler
        {
            SslOptions = { RemoteCertificateValidationCallback = static (_, _, _, _) => true },
        });
        var address = new Uri($"{scheme}://{server.Endpoint}/?cf_protocol=protobuf");
        using (var client = Client(configure))
        {
            await client.ConnectAsync(address, configure == UseHttp2 ? invoker : null, Patience());
            var session = await server.Protocol.NextAsync();
            foreach (var size in new[] { 0, 1, 125, 126, 5000, 65535, 65536 })
                Assert.Equal(new string('x', size), await EchoAsync(client, new string('x', size)));
            Assert.Equal("centrifuge-json", client.SubProtocol);

            await client.CloseAsync(WebSocketCloseStatus.EndpointUnavailable, "bye", Patience());
            Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, client.CloseStatus);
            await session.Closed;
        }

        using (var client = Client(configure))
        {
            await client.ConnectAsync(address, configure == UseHttp2 ? invoker : null, Patience());
            var session = await server.Protocol.NextAsync();

            session.Connection.Close(DisconnectReason.Expired);

            var result = await client.ReceiveAsync(new byte[10], Patience());
            Assert.Equal(WebSocketMessageType.Close, result.MessageType);
            Assert.Equal((3005, "connection expired"), ((int?)client.CloseStatus, client.CloseStatusDescription));
            await client.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", Patience());
            await session.Closed;
        }
    }

    private static async Task<string> EchoAsync(ClientWebSocket client, string text)
    {
        await client.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, Patience());
        var buffer = new byte[100_000];
        var length = 0;
        ValueWebSocketReceiveResult result;
        do
        {
            result = await client.ReceiveAsync(buffer.AsMemory(length), Patience());
            length += result.Count;
        }
        while (!result.EndOfMessage);

        return Encoding.UTF8.GetString(buffer, 0, length);
    }

    private static ClientWebSocket Client(Action<ClientWebSocket> configure)
    {
        var client = new ClientWebSocket();
        client.Options.AddSubProtocol("centrifuge-json");
        client.Options.CollectHttpResponseDetails = true;
        configure(client);
        return client;
    }

    private static void UseHttp2(ClientWebSocket client)
    {
        client.Options.HttpVersion = HttpVersion.Version20;
        client.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
    }

    private static CancellationToken Patience() => new CancellationTokenSource(TestSession.Patience).Token;

    private sealed class TestRequestTimeout : IHttpRequestTimeoutFeature
    {
        public bool IsDisabled { get; private set; }

        public CancellationToken RequestTimeoutToken => CancellationToken.None;

        public void DisableTimeout() => IsDisabled = true;
    }
}
