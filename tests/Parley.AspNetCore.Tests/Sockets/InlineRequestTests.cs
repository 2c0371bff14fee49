using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Parley.AspNetCore.Sockets;
using Parley.Testing;

namespace Parley.AspNetCore.Tests.Sockets;

/// <summary>Which requests are handled by the thread that waits for the sockets, and that no others are.</summary>
public sealed class InlineRequestTests
{
    private const string OnLoop = "loop";
    private const string OnPool = "pool";
    private const int Many = 100;

    private static readonly byte[] Inline = Post(SocketHost.InlinePath, "{}");
    private static readonly byte[] Other = "GET /other HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray();

    [Fact]
    public async Task RequestToAnInlinePath_IsHandledByTheLoopsThread()
    {
        await using var host = await SocketHost.StartAsync(SayThreadAsync);
        await using var client = await host.OpenAsync();

        await AnswersAsync(client, Inline, OnLoop);
    }

    [Fact]
    public async Task BodyBehindItsHead_IsHandledByTheLoopsThread()
    {
        await using var host = await SocketHost.StartAsync(SayThreadAsync);
        await using var client = await host.OpenAsync();

        await Eventually.BecomesAsync(() => AskInPiecesAsync(client, SocketHost.InlinePath, "{}"), static answer => answer == OnLoop);
    }

    [Theory]
    [InlineData("GET /other HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("GET /inline HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("POST /inline/ HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("POST /inlined HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("POST http://a/inline HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("POST /other HTTP/1.1\r\nHost: a\r\nContent-Length: 23\r\n\r\nPOST /inline HTTP/1.1\r\n")]
    [InlineData("POST /other HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}")]
    public async Task OtherRequest_NeverIs(string request)
    {
        await using var host = await SocketHost.StartAsync(SayThreadAsync);

        for (var i = 0; i < Many; i++)
        {
            await using var client = await host.OpenAsync();
            await AnswersAsync(client, Inline, OnLoop);
            await client.SendAsync(Encoding.ASCII.GetBytes(request));
            Assert.Equal(OnPool, (await client.ReadResponseAsync()).Body);
        }
    }

    [Fact]
    public async Task OtherRequest_ThatCameTogetherWithAnInlineOne_NeverIs()
    {
        await using var host = await SocketHost.StartAsync(SayThreadAsync);

        for (var i = 0; i < Many; i++)
        {
            await using var client = await host.OpenAsync();
            await AnswersAsync(client, Inline, OnLoop);
            await client.SendAsync((byte[])[.. Inline, .. Other, .. Inline, .. Other]);

            await client.ReadResponseAsync();
            Assert.Equal(OnPool, (await client.ReadResponseAsync()).Body);
            await client.ReadResponseAsync();
            Assert.Equal(OnPool, (await client.ReadResponseAsync()).Body);
        }
    }

    [Fact]
    public async Task OtherRequest_ThatThePoolHasReadBeforeTheLoopWaitsForIt_NeverIs()
    {
        var isToReadAhead = false;
        var hasReadAhead = false;
        await using var host = await SocketHost.StartAsync(async context =>
        {
            if (Volatile.Read(ref isToReadAhead) && SocketLoop.IsLoop)
            {
                await ReadAheadAsync(context);
                Volatile.Write(ref hasReadAhead, true);
            }

            await SayThreadAsync(context);
        });
        await using var client = await host.OpenAsync();
        await AnswersAsync(client, Inline, OnLoop);
        Volatile.Write(ref isToReadAhead, true);

        await client.SendAsync((byte[])[.. Inline, .. Other]);

        Assert.Equal(OnPool, (await client.ReadResponseAsync()).Body);
        Assert.Equal(OnPool, (await client.ReadResponseAsync()).Body);
        Assert.True(Volatile.Read(ref hasReadAhead));
    }

    [Theory]
    [InlineData("POST /inline HTTP/1.1\r\n")]
    [InlineData("{\"channel\":\"a\",\"data\":1}")]
    public async Task WhatReadsTheBodyOfAnotherRequest_NeverIs(string body)
    {
        await using var host = await SocketHost.StartAsync(SayThreadAsync);

        for (var i = 0; i < Many; i++)
        {
            await using var client = await host.OpenAsync();
            await AnswersAsync(client, Inline, OnLoop);
            Assert.Equal(OnPool, await AskInPiecesAsync(client, "/other", body));
        }
    }

    [Fact]
    public async Task RequestsAfterAnotherOne_AreNot_UntilOneOfThemSaysThatItDoesNotBlock()
    {
        var mayReturn = false;
        await using var host = await SocketHost.StartAsync(async context =>
        {
            if (Volatile.Read(ref mayReturn) && context.Request.Path == SocketHost.InlinePath)
                IInlineInput.Return(context);
            await SayThreadAsync(context);
        });
        await using var client = await host.OpenAsync();
        await AnswersAsync(client, Inline, OnLoop);

        Assert.Equal(OnPool, await AskAsync(client, Other));
        for (var i = 0; i < Many; i++)
            Assert.Equal(OnPool, await AskAsync(client, Inline));
        Volatile.Write(ref mayReturn, true);

        await AnswersAsync(client, Inline, OnLoop);
        Assert.Equal(OnPool, await AskAsync(client, Other));
    }

    [Fact]
    public async Task Connection_WithSomethingBetweenTheSocketAndTheWebServer_NeverIs()
    {
        await using var host = await SocketHost.StartAsync(
            async context =>
            {
                IInlineInput.Return(context);
                await SayThreadAsync(context);
            },
            configure: static kestrel => kestrel.ConfigureEndpointDefaults(static listen => listen.Use(static next => connection =>
            {
                connection.Transport = new DuplexPipe(connection.Transport.Input, connection.Transport.Output);
                return next(connection);
            })));
        await using var client = await host.OpenAsync();

        for (var i = 0; i < Many; i++)
            Assert.Equal(OnPool, await AskAsync(client, Inline));
    }

    [Fact]
    public async Task RequestsThatBlock_DoNotHoldUpInlineOnes()
    {
        using var mayGoOn = new ManualResetEventSlim();
        using var began = new SemaphoreSlim(0);
        await using var host = await SocketHost.StartAsync(context =>
        {
            if (context.Request.Path != SocketHost.InlinePath)
            {
                began.Release();
                mayGoOn.Wait();
            }

            return SayThreadAsync(context);
        });
        // More than there are loops.
        var blocked = new List<RawWebSocketClient>();
        for (var i = 0; i < Environment.ProcessorCount * 2; i++)
        {
            var one = await host.OpenAsync();
            blocked.Add(one);
            await AnswersAsync(one, Inline, OnLoop);
            await one.SendAsync((byte[])[.. Inline, .. Other]);
            Assert.True(await began.WaitAsync(Patience.Limit));
        }

        await using var client = await host.OpenAsync();
        await AnswersAsync(client, Inline, OnLoop);
        mayGoOn.Set();

        foreach (var one in blocked)
        {
            await one.ReadResponseAsync();
            Assert.Equal(OnPool, (await one.ReadResponseAsync()).Body);
            await one.DisposeAsync();
        }
    }

    [Theory]
    [InlineData("api/publish")]
    [InlineData("/api/publish now")]
    [InlineData("")]
    public async Task WhatIsNoPath_StopsTheStart(string path)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0").UseParleySockets(sockets => sockets.InlinePaths.Add(path));

        var exception = await Record.ExceptionAsync(async () =>
        {
            await using var application = builder.Build();
            await application.StartAsync();
        });

        Assert.Contains($"'{path}'", Assert.IsType<ArgumentException>(exception).Message, StringComparison.Ordinal);
    }

    private static byte[] Post(string path, string body) => Encoding.ASCII.GetBytes($"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: {body.Length}\r\n\r\n{body}");

    private static string Here() => SocketLoop.IsLoop ? OnLoop : OnPool;

    private static async Task SayThreadAsync(HttpContext context)
    {
        await ReadAsync(context);
        var here = Here();
        context.Response.ContentLength = here.Length;
        await context.Response.WriteAsync(here);
    }

    private static async Task ReadAsync(HttpContext context)
    {
        var reader = context.Request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync();
            reader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
                return;
        }
    }

    /// <summary>Looks at the next request as the web server does, but waits for it when another thread has already read it.</summary>
    private static async Task ReadAheadAsync(HttpContext context)
    {
        await ReadAsync(context);
        var input = (PipeReader)context.Features.GetRequiredFeature<IInlineInput>();
        var reading = input.ReadAsync();
        // On another thread, since this one is the loop's and is not told.
        Assert.True(Task.Run(() => SpinWait.SpinUntil(() => reading.IsCompleted, Patience.Limit)).Wait(Patience.Limit));

        input.AdvanceTo((await reading).Buffer.Start);
    }

    private static async Task<string> AskAsync(RawWebSocketClient client, byte[] request)
    {
        await client.SendAsync(request);
        return (await client.ReadResponseAsync()).Body;
    }

    /// <summary>Sends the body when the application has begun to read it.</summary>
    private static async Task<string> AskInPiecesAsync(RawWebSocketClient client, string path, string body)
    {
        await client.SendAsync(Encoding.ASCII.GetBytes($"POST {path} HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: {body.Length}\r\n\r\n"));
        Assert.Equal(StatusCodes.Status100Continue, (await client.ReadHeadAsync()).Status);
        return await AskAsync(client, Encoding.ASCII.GetBytes(body));
    }

    /// <summary>A request that comes before the web server waits for it is found by the thread that did not wait.</summary>
    private static Task AnswersAsync(RawWebSocketClient client, byte[] request, string body) =>
        Eventually.BecomesAsync(() => AskAsync(client, request), answer => answer == body);

    private sealed class DuplexPipe(PipeReader input, PipeWriter output) : IDuplexPipe
    {
        public PipeReader Input => input;

        public PipeWriter Output => output;
    }
}
