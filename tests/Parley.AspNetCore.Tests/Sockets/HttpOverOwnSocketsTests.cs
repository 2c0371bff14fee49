using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Parley.Testing;

namespace Parley.AspNetCore.Tests.Sockets;

/// <summary>What is not a WebSocket works as over the web server's own sockets.</summary>
public sealed class HttpOverOwnSocketsTests
{
    private const int Large = 8 * 1024 * 1024;

    private static readonly byte[] Get = "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray();

    [Fact]
    public async Task Requests_SentWithoutWaiting_AreAnsweredInOrder()
    {
        await using var host = await SocketHost.StartAsync(static context => context.Response.WriteAsync(context.Request.Path.Value![1..]));
        await using var client = await host.OpenAsync();

        await client.SendAsync(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 500).Select(static i => $"GET /{i} HTTP/1.1\r\nHost: a\r\n\r\n"))));

        for (var i = 0; i < 500; i++)
            Assert.Equal($"{i}", (await client.ReadResponseAsync()).Body);
    }

    [Fact]
    public async Task Client_ThatWaitsWhenTheServerStarts_IsAnswered()
    {
        for (var start = 0; start < 50; start++)
        {
            using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await using var host = await SocketHost.StartAsync(static context => context.Response.WriteAsync("early"), onBound: socket =>
            {
                socket.Listen();
                client.Connect(socket.LocalEndPoint!);
            });
            await client.SendAsync(Get).WaitAsync(Patience.Limit);

            var answer = new byte[1024];
            Assert.NotEqual(0, await client.ReceiveAsync(answer).WaitAsync(Patience.Limit));
        }
    }

    [Fact]
    public async Task Request_InSinglePieces_IsPutTogether()
    {
        await using var host = await SocketHost.StartAsync(static context => context.Response.WriteAsync("whole"));
        await using var client = await host.OpenAsync();

        foreach (var one in Get)
            await client.SendAsync(new[] { one });

        Assert.Equal("whole", (await client.ReadResponseAsync()).Body);
    }

    [Theory]
    [InlineData(HttpProtocols.Http1, false)]
    [InlineData(HttpProtocols.Http1, true)]
    [InlineData(HttpProtocols.Http2, false)]
    [InlineData(HttpProtocols.Http2, true)]
    public async Task LargeBodies_ArriveWholeInBothDirections(HttpProtocols protocols, bool useTls)
    {
        await using var host = await SocketHost.StartAsync(
            static async context =>
            {
                context.Features.Get<IHttpMaxRequestBodySizeFeature>()!.MaxRequestBodySize = null;
                using var body = new MemoryStream();
                await context.Request.Body.CopyToAsync(body);
                await context.Response.Body.WriteAsync(body.GetBuffer().AsMemory(0, (int)body.Length));
            },
            protocols: protocols, useTls: useTls, sendBuffer: 4096);
        using var handler = new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = static (_, _, _, _) => true } };
        using var client = new HttpClient(handler)
        {
            DefaultRequestVersion = protocols == HttpProtocols.Http2 ? HttpVersion.Version20 : HttpVersion.Version11,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        var body = RandomNumberGenerator.GetBytes(Large);

        using var request = new HttpRequestMessage(HttpMethod.Post, new UriBuilder(host.Url) { Scheme = useTls ? "https" : "http" }.Uri) { Content = new ByteArrayContent(body) };
        request.Version = client.DefaultRequestVersion;
        request.VersionPolicy = client.DefaultVersionPolicy;
        using var response = await client.SendAsync(request).WaitAsync(Patience.Limit);

        Assert.Equal(body, await response.Content.ReadAsByteArrayAsync().WaitAsync(Patience.Limit));
    }

    [Fact]
    public async Task Upload_IsTakenNoFasterThanItIsRead()
    {
        var mayRead = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var host = await SocketHost.StartAsync(async context =>
        {
            context.Features.Get<IHttpMaxRequestBodySizeFeature>()!.MaxRequestBodySize = null;
            await mayRead.Task;
            await context.Response.WriteAsync($"{await CountAsync(context.Request.BodyReader)}");
        });
        await using var client = await host.OpenAsync();
        client.Socket.SendBufferSize = 64 * 1024;
        await client.SendAsync(Encoding.ASCII.GetBytes($"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {Large}\r\n\r\n"));

        var sending = client.SendAsync(new byte[Large]);
        await Eventually.BecomesAsync(() => Task.FromResult(client.Socket.Poll(0, SelectMode.SelectWrite)), static hasRoom => hasRoom is false);
        Assert.False(sending.IsCompleted);
        mayRead.SetResult();

        await sending;
        Assert.Equal($"{Large}", (await client.ReadResponseAsync()).Body);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ClientThatVanishes_EndsItsRequest(bool isAnswering)
    {
        var began = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var host = await SocketHost.StartAsync(
            async context =>
            {
                using var registration = context.RequestAborted.Register(ended.SetResult);
                began.SetResult();
                while (isAnswering && !context.RequestAborted.IsCancellationRequested)
                    await context.Response.BodyWriter.WriteAsync(new byte[64 * 1024]);
                await ended.Task;
            },
            sendBuffer: 4096);
        var client = await host.OpenAsync(receiveBuffer: 4096);

        await client.SendAsync(Get);
        await began.Task.WaitAsync(Patience.Limit);
        client.Reset();

        await ended.Task.WaitAsync(Patience.Limit);
    }

    [Fact]
    public async Task ConnectionThatTheApplicationAborts_Ends()
    {
        await using var host = await SocketHost.StartAsync(static context =>
        {
            context.Abort();
            return Task.CompletedTask;
        });
        await using var client = await host.OpenAsync();

        await client.SendAsync(Get);

        Assert.Empty(await client.ReadToEndAsync());
    }

    [Fact]
    public async Task SilentConnection_IsCutByTheWebServersLimit()
    {
        await using var host = await SocketHost.StartAsync(
            static context => context.Response.WriteAsync("x"), configure: static kestrel => kestrel.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(1));
        await using var client = await host.OpenAsync();

        await client.SendAsync(Get);
        await client.ReadResponseAsync();

        Assert.Empty(await client.ReadToEndAsync());
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public async Task Application_KnowsBothEndsOfTheConnection(string address)
    {
        await using var host = await SocketHost.StartAsync(
            static context =>
            {
                var socket = context.Features.Get<IConnectionSocketFeature>()!.Socket;
                return context.Response.WriteAsync($"{new IPEndPoint(context.Connection.RemoteIpAddress!, context.Connection.RemotePort)} " +
                    $"{new IPEndPoint(context.Connection.LocalIpAddress!, context.Connection.LocalPort)} {socket.RemoteEndPoint} {socket.NoDelay}");
            },
            IPAddress.Parse(address));
        await using var client = await host.OpenAsync();

        await client.SendAsync(Get);

        var local = new IPEndPoint(IPAddress.Parse(address), ((IPEndPoint)client.Socket.LocalEndPoint!).Port);
        Assert.Equal($"{local} {host.Endpoint} {local} True", (await client.ReadResponseAsync()).Body);
    }

    [Fact]
    public async Task AddressInUse_StopsTheStartAndIsNamed()
    {
        using var other = new Socket(SocketType.Stream, ProtocolType.Tcp);
        other.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        other.Listen();
        var port = ((IPEndPoint)other.LocalEndPoint!).Port;

        var exception = await Assert.ThrowsAsync<IOException>(() => SocketHost.StartAsync(
            static _ => Task.CompletedTask, configure: kestrel => kestrel.Listen(IPAddress.Loopback, port)));

        Assert.Contains($"{port}: address already in use", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Host_StopsWithConnectionsThatAreIdle_AndServesTheRequestThatIsUnderWay()
    {
        var began = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var mayAnswer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var host = await SocketHost.StartAsync(async context =>
        {
            began.SetResult();
            await mayAnswer.Task;
            await context.Response.WriteAsync("last");
        });
        await using var idle = await host.OpenAsync();
        await using var busy = await host.OpenAsync();
        await busy.SendAsync(Get);
        await began.Task.WaitAsync(Patience.Limit);

        var stopping = host.StopAsync();
        Assert.Empty(await idle.ReadToEndAsync());
        Assert.False(stopping.IsCompleted);
        mayAnswer.SetResult();

        Assert.Equal("last", (await busy.ReadResponseAsync()).Body);
        await stopping;
    }

    [Fact]
    public async Task Host_StopsWithConnectionsThatAreIdleAndEncrypted()
    {
        await using var host = await SocketHost.StartAsync(static context => context.Response.WriteAsync("x"), useTls: true);
        await using var client = await RawWebSocketClient.OpenAsync(host.Endpoint, useTls: true);
        await client.SendAsync(Get);
        await client.ReadResponseAsync();

        await host.StopAsync();

        Assert.Empty(await client.ReadToEndAsync());
    }

    [Fact]
    public async Task ManyConnections_ThatComeAndGo_GetTheirOwnAnswers()
    {
        await using var host = await SocketHost.StartAsync(static context => context.Response.WriteAsync(context.Request.Path.Value![1..]));

        await Parallel.ForEachAsync(Enumerable.Range(0, 2000), new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (number, _) =>
        {
            await using var client = await host.OpenAsync();
            await client.SendAsync(Encoding.ASCII.GetBytes($"GET /{number} HTTP/1.1\r\nHost: a\r\n\r\n"));
            if (number % 7 == 0)
            {
                client.Reset();
                return;
            }

            Assert.Equal($"{number}", (await client.ReadResponseAsync()).Body);
        });
    }

    private static async Task<long> CountAsync(PipeReader reader)
    {
        var count = 0L;
        while (true)
        {
            var read = await reader.ReadAsync();
            count += read.Buffer.Length;
            reader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
                return count;
        }
    }
}
