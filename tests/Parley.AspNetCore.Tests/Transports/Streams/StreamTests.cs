using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using Parley.AspNetCore.Tests.Authentication;
using Parley.AspNetCore.Tests.Transports.WebSockets;
using Parley.Protocol.Centrifuge;

namespace Parley.AspNetCore.Tests.Transports.Streams;

/// <summary>Streams by lines and by events, with commands beside them.</summary>
public sealed class StreamTests
{
    private const string Connect = """{"id":1,"connect":{}}""";
    private const string ConnectAndSubscribe = Connect + "\n" + """{"id":2,"subscribe":{"channel":"chat"}}""";

    [Theory]
    [InlineData("http_stream")]
    [InlineData("sse")]
    public async Task Command_BesideTheStream_IsDoneBeforeItsRequestIsAnswered(string transport)
    {
        await using var host = await StreamHost.StartAsync();
        using var client = await host.OpenAsync($"/connection/{transport}", ConnectAndSubscribe);
        var (session, node) = await client.ConnectedAsync();
        await client.NextAsync();

        Assert.Equal(HttpStatusCode.NoContent, await host.EmulateAsync(session, node, """{"id":3,"publish":{"channel":"chat","data":{"n":1}}}"""));

        Assert.Equal(1UL, (await host.Parley.GetHistoryAsync("chat")).Top.Offset);
        Assert.Equal(1, (await client.NextAsync())!["push"]!["pub"]!["data"]!["n"]!.GetValue<int>());
        Assert.Equal(3, (await client.NextAsync())!["id"]!.GetValue<int>());
    }

    [Fact]
    public async Task ServerSentEvents_ByGet_HaveTheHeadersAndTheFramingOfTheStandard()
    {
        await using var host = await StreamHost.StartAsync();
        using var client = await host.OpenAsync("/connection/sse?cf_connect=" + Uri.EscapeDataString(Connect));

        Assert.Equal("text/event-stream; charset=utf-8", client.Response.Content.Headers.ContentType!.ToString());
        Assert.Contains("no-transform", client.Response.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        Assert.Equal("no", client.Response.Headers.GetValues("X-Accel-Buffering").Single());
        Assert.Equal("", await client.LineAsync());
        Assert.StartsWith("""data: {"id":1,"connect":{""", await client.LineAsync(), StringComparison.Ordinal);
        Assert.Equal("", await client.LineAsync());
    }

    [Fact]
    public async Task HttpStream_InProtobuf_SpeaksItBothWays()
    {
        await using var host = await StreamHost.StartAsync();
        using var response = await PostAsync(host, "/connection/http_stream", Write(new Command { Id = 1, Connect = new ConnectRequest() }));
        Assert.Equal("application/octet-stream", response.Content.Headers.ContentType!.ToString());
        await using var body = await response.Content.ReadAsStreamAsync();
        var connect = (await ReadAsync(body)).Connect!;

        var emulation = new ArrayBufferWriter<byte>();
        CentrifugeCodec.Protobuf.WriteEmulationRequest(emulation, new EmulationRequest
        {
            Session = connect.Session,
            Node = connect.Node,
            Data = Write(new Command { Id = 2, Subscribe = new SubscribeRequest { Channel = "chat" } }),
        });
        using var answer = await PostAsync(host, "/emulation", emulation.WrittenSpan.ToArray());

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.Equal(2u, (await ReadAsync(body)).Id);
        Assert.Equal(HttpStatusCode.BadRequest, await host.EmulateAsync(connect.Session, connect.Node, "{}")); // the other encoding
    }

    [Theory]
    [InlineData("http_stream")]
    [InlineData("sse")]
    public async Task Disconnect_IsThePushBeforeTheEnd(string transport)
    {
        await using var host = await StreamHost.StartAsync();
        using var client = await host.OpenAsync($"/connection/{transport}", Connect, (StreamHost.UserHeader, "ann"));
        var (session, node) = await client.ConnectedAsync();

        await host.Parley.DisconnectAsync(new SessionSelector("ann"));

        var disconnect = (await client.NextAsync())!["push"]!["disconnect"]!;
        Assert.Equal((3503, "force disconnect"), (disconnect["code"]!.GetValue<int>(), disconnect["reason"]!.GetValue<string>()));
        Assert.Null(await client.NextAsync());
        Assert.Equal(HttpStatusCode.NoContent, await host.EmulateAsync(session, node, Connect)); // the client knows from its stream
        Assert.Equal(0, host.Connections);
    }

    [Theory]
    [InlineData("http_stream")]
    [InlineData("sse")]
    public async Task RefusedConnect_IsAnsweredAndEnds(string transport)
    {
        await using var host = await StreamHost.StartAsync(static options => options.Tokens.HmacSecret = Jwt.Secret);
        var expired = Jwt.Sign("""{"sub":"ann","exp":1}""");
        using var client = await host.OpenAsync($"/connection/{transport}", $$$"""{"id":1,"connect":{"token":"{{{expired}}}"}}""");

        Assert.Equal(109, (await client.NextAsync())!["error"]!["code"]!.GetValue<int>());
        Assert.Null(await client.NextAsync());
    }

    private static async Task<HttpResponseMessage> PostAsync(StreamHost host, string target, byte[] body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, target) { Content = new ByteArrayContent(body) };
        request.Headers.Add(StreamHost.UserHeader, "someone");
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        return await host.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead).WaitAsync(TestSession.Patience);
    }

    private static byte[] Write(Command command)
    {
        var buffer = new ArrayBufferWriter<byte>();
        CentrifugeCodec.Protobuf.WriteCommand(buffer, command);
        return buffer.WrittenSpan.ToArray();
    }

    private static async Task<Reply> ReadAsync(Stream body)
    {
        var bytes = new byte[4096];
        var length = 0;
        while (true)
        {
            length += await body.ReadAsync(bytes.AsMemory(length)).AsTask().WaitAsync(TestSession.Patience);
            ReadOnlyMemory<byte> frame = bytes.AsMemory(0, length);
            if (CentrifugeCodec.Protobuf.ReadReply(ref frame, out var reply) == ReplyStatus.Reply) return reply!;
        }
    }
}
