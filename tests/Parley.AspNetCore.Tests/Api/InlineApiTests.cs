using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Parley.AspNetCore.Api;
using Parley.AspNetCore.Sockets;
using Parley.Testing;

namespace Parley.AspNetCore.Tests.Api;

/// <summary>On which threads the application's code runs around calls of the API.</summary>
public sealed class InlineApiTests
{
    private const int Many = 50;

    private readonly ConcurrentQueue<(string Path, bool IsLoop)> _ended = new();

    [Fact]
    public async Task Call_OfAMethodThatIsNotInline_NeverEndsOnTheLoopsThread_AlsoWhenItsBodyComesLater()
    {
        await using var host = await StartAsync();
        var endpoint = IPEndPoint.Parse(host.Address.Authority);

        for (var i = 0; i < Many; i++)
        {
            await using var client = await RawWebSocketClient.OpenAsync(endpoint, useTls: false);
            await Eventually.BecomesAsync(
                async () =>
                {
                    await client.SendAsync(Request("/api/publish", """{"channel":"a","data":1}""", ""));
                    Assert.Equal(StatusCodes.Status200OK, (await client.ReadResponseAsync()).Status);
                    return _ended.Any(static call => call is { Path: "/api/publish", IsLoop: true });
                },
                static isLoop => isLoop);
            var request = Request("/api/info", "{}", "Expect: 100-continue\r\n");
            await client.SendAsync(request.AsMemory(0, request.Length - 2).ToArray());
            Assert.Equal(StatusCodes.Status100Continue, (await client.ReadHeadAsync()).Status);
            await client.SendAsync(request.AsMemory(request.Length - 2).ToArray());
            Assert.Equal(StatusCodes.Status200OK, (await client.ReadResponseAsync()).Status);
        }

        Assert.DoesNotContain(_ended, static call => call is { Path: "/api/info", IsLoop: true });
    }

    [Fact]
    public async Task CodeThatReadsTheBodyOfARefusedCall_NeverGoesOnOnTheLoopsThread()
    {
        await using var host = await StartAsync();
        await using var client = await RawWebSocketClient.OpenAsync(IPEndPoint.Parse(host.Address.Authority), useTls: false);

        await client.SendAsync(Encoding.ASCII.GetBytes($"POST /api/info HTTP/1.1\r\nHost: 127.0.0.1\r\nRead-Behind: 1\r\nContent-Length: {ApiBody.MaxBytes + 1}\r\n\r\n"));
        Assert.Equal(StatusCodes.Status413PayloadTooLarge, (await client.ReadHeadAsync()).Status);
        await client.SendAsync("{"u8.ToArray());

        var call = await Eventually.BecomesAsync(() => Task.FromResult(_ended.FirstOrDefault()), static call => call.Path is not null);
        Assert.Equal(("/api/info", false), call);
    }

    private static byte[] Request(string path, string body, string headers) =>
        Encoding.ASCII.GetBytes($"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}Content-Length: {body.Length}\r\n\r\n{body}");

    private Task<ApiHost> StartAsync() => ApiHost.StartAsync(
        application =>
        {
            application.Use(async (context, next) =>
            {
                await next();
                if (context.Request.Headers.ContainsKey("Read-Behind"))
                    await context.Request.Body.ReadExactlyAsync(new byte[1]);
                _ended.Enqueue((context.Request.Path, SocketLoop.IsLoop));
            });
            application.MapParleyApi();
        },
        static sockets => sockets.InlinePaths.Add("/api/publish"),
        ("Api:Insecure", "true"));
}
