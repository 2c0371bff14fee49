using System.Net;
using Parley.Brokers;
using Parley.Sessions;

namespace Parley.AspNetCore.Tests.Api;

public sealed class BatchApiTests : IAsyncLifetime
{
    private ApiHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await ApiHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Every_command_has_its_reply_in_order(bool parallel)
    {
        _host.Parley.Published = new PublishResult(new StreamPosition(1, "e"));

        var (status, body) = await _host.PostAsync("/api/batch",
            """
            {"parallel":PARALLEL,"commands":[
             {"publish":{"channel":"chat:1","data":{"a": 1}}},
             {"publish":{"channel":"chat:2"}},
             {"map_publish":{"channel":"chat:2"}},
             {"presence_stats":{"channel":"chat:1"},"unknown":1},
             {"publish":{"channel":"a"},"history":{"channel":"b"}},
             {"batch":{"commands":[{"info":{}}]}},
             {},null,
             {"unsubscribe":{"user":"42"}}]}
            """.Replace("PARALLEL", parallel ? "true" : "false", StringComparison.Ordinal));

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(
            """{"replies":[{"publish":{"offset":1,"epoch":"e"}},{"error":{"code":107,"message":"bad request: data or b64data is required"}},"""
            + """{"error":{"code":104,"message":"method not found"}},{"presence_stats":{"num_clients":0,"num_users":0}},"""
            + """{"error":{"code":107,"message":"bad request: a command has one method"}},{"error":{"code":104,"message":"method not found"}},"""
            + """{"error":{"code":104,"message":"method not found"}},{"error":{"code":104,"message":"method not found"}},{"unsubscribe":{}}]}""", body);
        Assert.Equal(["presence_stats", "publish", "unsubscribe"], _host.Parley.Calls.Select(call => call.Method).Order(StringComparer.Ordinal));
        Assert.Equal("""{"a": 1}"""u8.ToArray(), (byte[])_host.Parley.Calls.Single(call => call.Method == "publish").Arguments[1]!);
    }

    [Fact]
    public async Task Commands_run_one_after_the_other_unless_parallel()
    {
        var gate = new TaskCompletionSource();
        _host.Parley.Gate = gate.Task;
        const string commands = """ "commands":[{"info":{}},{"channels":{}},{"info":{}}]""";

        var sequential = _host.CallAsync("batch", $"{{{commands}}}");
        var parallel = _host.CallAsync("batch", $"{{\"parallel\":true,{commands}}}");
        // Three from the parallel one and only the first of the other come as far as the gate.
        await _host.Parley.WaitForCallsAsync(4);
        Assert.False(sequential.IsCompleted || parallel.IsCompleted);
        gate.SetResult();

        Assert.Equal(3, (await sequential)["replies"]!.AsArray().Count);
        Assert.Equal(3, (await parallel)["replies"]!.AsArray().Count);
        Assert.Equal(6, _host.Parley.Calls.Count);
    }

    [Fact]
    public async Task A_command_that_fails_does_not_stop_the_next()
    {
        _host.Parley.Failure = new ParleyException(ClientError.UnknownChannel);

        var result = await _host.CallAsync("batch", """{"commands":[{"publish":{"channel":"x:1","data":1}},{"publish":{"channel":"x:2","data":1}}]}""");

        Assert.Equal([102u, 102u], result["replies"]!.AsArray().Select(reply => reply!["error"]!["code"]!.GetValue<uint>()));
    }

    [Fact]
    public async Task A_batch_with_an_unreadable_command_does_nothing_at_all()
    {
        var (status, body) = await _host.PostAsync("/api/batch", """{"commands":[{"publish":{"channel":"chat:1","data":1}},{"publish":{"channel":1}}]}""");

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal(107u, ApiHost.ErrorCode(body));
        Assert.Empty(_host.Parley.Calls);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"commands":[]}""")]
    [InlineData("""{"commands":null,"parallel":true}""")]
    public async Task A_batch_without_commands_is_107(string request) => Assert.Equal(107u, await _host.CallForErrorAsync("batch", request));

    [Theory]
    [InlineData("""{"method":"publish","params":{"channel":"chat:1","data":{"a": 1}}}""", """{"result":{}}""")]
    [InlineData("""{"id":7,"method":"presence_stats","params":{"channel":"chat:1"}}""", """{"id":7,"result":{"num_clients":0,"num_users":0}}""")]
    [InlineData("""{"method":"info"}""", """{"result":{"nodes":[]}}""")]
    [InlineData("""{"method":"no_such"}""", """{"error":{"code":104,"message":"method not found"}}""")]
    [InlineData("""{}""", """{"error":{"code":104,"message":"method not found"}}""")]
    [InlineData("""{"method":"history","params":{"channel":1}}""", """{"error":{"code":107,"message":"bad request: the body is not readable at $.channel"}}""")]
    [InlineData("""{"method":"batch","params":{"commands":[{"info":{}}]}}""", """{"result":{"replies":[{"info":{"nodes":[]}}]}}""")]
    [InlineData("""{"method":"batch","params":{"commands":[{"info":1}]}}""", """{"error":{"code":107,"message":"bad request: the body is not readable at $"}}""")]
    public async Task The_single_endpoint_takes_the_method_from_the_body(string request, string answer)
    {
        Assert.Equal((HttpStatusCode.OK, answer), await _host.PostAsync("/api", request));
    }

    [Fact]
    public async Task The_single_endpoint_takes_commands_line_by_line()
    {
        var (status, body) = await _host.PostAsync("/api",
            """{"method":"publish","params":{"channel":"chat:1","data":{"a": 1}}}""" + "\n" + """{"id":2,"method":"nothing"}""" + "\n"
            + """{"method":"publish","params":{"channel":"chat:2","data":"b"}}""" + "\n");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("""{"result":{}}""" + "\n" + """{"id":2,"error":{"code":104,"message":"method not found"}}""" + "\n" + """{"result":{}}""", body);
        Assert.Equal(["""{"a": 1}"""u8.ToArray(), "\"b\""u8.ToArray()], _host.Parley.Calls.Select(call => (byte[])call.Arguments[1]!));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \n ")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("""{"method":"info"}""" + "\n{")]
    [InlineData("""{"method":1}""")]
    [InlineData("""{"method":"info","method":"info"}""")]
    [InlineData("""{"id":-1,"method":"info"}""")]
    public async Task The_single_endpoint_does_nothing_with_a_body_it_cannot_read(string request)
    {
        var (status, body) = await _host.PostAsync("/api", request);

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal(107u, ApiHost.ErrorCode(body));
        Assert.Empty(_host.Parley.Calls);
    }
}
