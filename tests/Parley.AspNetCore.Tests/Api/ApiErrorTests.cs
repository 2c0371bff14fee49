using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using Parley.AspNetCore.Api;
using Parley.Brokers;
using Parley.Sessions;

namespace Parley.AspNetCore.Tests.Api;

public sealed class ApiErrorTests : IAsyncLifetime
{
    private ApiHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await ApiHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    public static TheoryData<string> Methods => [.. ApiMethods.All.Select(method => method.Name)];

    [Fact]
    public async Task A_refusal_of_the_engine_is_answered_as_it_is()
    {
        _host.Parley.Failure = new ParleyException(ClientError.UnrecoverablePosition);

        var (status, body) = await _host.PostAsync("/api/history", """{"channel":"chat:1"}""");

        Assert.Equal((HttpStatusCode.OK, """{"error":{"code":112,"message":"unrecoverable position"}}"""), (status, body));
    }

    [Theory]
    [InlineData(100, 500)]
    [InlineData(101, 401)]
    [InlineData(102, 404)]
    [InlineData(103, 403)]
    [InlineData(104, 404)]
    [InlineData(107, 400)]
    [InlineData(108, 400)]
    [InlineData(110, 400)]
    [InlineData(111, 429)]
    [InlineData(112, 416)]
    [InlineData(113, 409)]
    [InlineData(1999, 400)]
    public async Task In_transport_mode_the_code_becomes_the_status(uint code, int status)
    {
        _host.Parley.Failure = new ParleyException(new ClientError(code, "why"));

        var transport = await _host.PostAsync("/api/info", "{}", ("X-Centrifugo-Error-Mode", "transport"));
        var other = await _host.PostAsync("/api/info", "{}", ("X-Centrifugo-Error-Mode", "body"));

        Assert.Equal(((HttpStatusCode)status, $$$"""{"error":{"code":{{{code}}},"message":"why"}}"""), transport);
        Assert.Equal((HttpStatusCode.OK, transport.Body), other);
    }

    [Fact]
    public async Task In_transport_mode_a_success_is_200()
    {
        Assert.Equal(HttpStatusCode.OK, (await _host.PostAsync("/api/info", "{}", ("x-centrifugo-error-mode", "Transport"))).Status);
    }

    [Fact]
    public async Task A_fault_is_100_logged_as_an_error_and_says_nothing_of_the_inside()
    {
        _host.Parley.Failure = new InvalidOperationException("canary: connection string");

        var (status, body) = await _host.PostAsync("/api/info", "{}");

        Assert.Equal((HttpStatusCode.OK, """{"error":{"code":100,"message":"internal server error"}}"""), (status, body));
        var entry = Assert.Single(_host.Log.Entries, entry => entry.Level == LogLevel.Error);
        Assert.Contains("info", entry.Text, StringComparison.Ordinal);
        Assert.Contains("canary: connection string", entry.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancellation_that_the_caller_did_not_ask_for_is_100()
    {
        _host.Parley.Failure = new OperationCanceledException("a time-out inside");

        Assert.Equal(100u, await _host.CallForErrorAsync("info", "{}"));
    }

    [Fact]
    public async Task A_silent_broker_is_100_and_a_warning()
    {
        _host.Parley.Failure = new BrokerUnavailableException("canary");

        var (_, body) = await _host.PostAsync("/api/publish", """{"channel":"chat:1","data":1}""");

        Assert.Equal("""{"error":{"code":100,"message":"internal server error"}}""", body);
        Assert.Single(_host.Log.Entries, entry => entry.Level == LogLevel.Warning && entry.Text.Contains("publish", StringComparison.Ordinal));
        Assert.DoesNotContain(_host.Log.Entries, entry => entry.Level == LogLevel.Error);
    }

    [Fact]
    public async Task A_caller_that_goes_away_ends_the_call_in_silence()
    {
        var cancelled = new TaskCompletionSource();
        _host.Parley.Gate = cancelled.Task;
        using var goingAway = new CancellationTokenSource();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/info") { Content = new StringContent("{}") };
        request.Headers.Add("X-API-Key", ApiHost.Key);
        var call = _host.Client.SendAsync(request, goingAway.Token);
        await _host.Parley.WaitForCallsAsync(1);

        await goingAway.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        // Disposing the server waits for the call, which must have ended by the cancellation: the gate stays shut.
        await _host.DisposeAsync();
        Assert.DoesNotContain(_host.Log.Entries, entry => entry.Level >= LogLevel.Error);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task A_body_that_is_no_request_is_400_for_every_method(string method)
    {
        string[] bodies = ["", " ", "null", "1", "\"x\"", "[]", "{", "{}}", "{} {}", "{\"a\":}", "{\"a\":1,}", "\ufeff{}", "{'a':1}", "//\n{}", "{\"x\":1,\"x\":tru}"];

        foreach (var body in bodies)
        {
            var (status, answer) = await _host.PostAsync("/api/" + method, body);
            Assert.Equal(HttpStatusCode.BadRequest, status);
            Assert.Equal(107u, ApiHost.ErrorCode(answer));
        }

        Assert.Empty(_host.Parley.Calls);
    }

    [Theory]
    [InlineData("publish", """{"channel":1,"data":1}""", "$.channel")]
    [InlineData("publish", """{"channel":"a","channel":"b","data":1}""", "$.channel")]
    [InlineData("publish", """{"channel":"a","data":1,"data":2}""", "$.data")]
    [InlineData("publish", """{"channel":"a","\u0064ata":1,"data":2}""", "$.data")]
    [InlineData("publish", """{"channel":"\ud800","data":1}""", "$.channel")]
    [InlineData("publish", """{"channel":"a","data":1,"tags":{"x":1}}""", "$.tags.x")]
    [InlineData("publish", """{"channel":"a","data":1,"tags":{"x":"1","x":"2"}}""", "$.tags.x")]
    [InlineData("publish", """{"channel":"a","data":1,"tags":[]}""", "$.tags")]
    [InlineData("publish", """{"channel":"a","data":1,"version":-1}""", "$.version")]
    [InlineData("publish", """{"channel":"a","data":1,"version":1.5}""", "$.version")]
    [InlineData("publish", """{"channel":"a","data":1,"version":18446744073709551616}""", "$.version")]
    [InlineData("publish", """{"channel":"a","data":1,"skip_history":"yes"}""", "$.skip_history")]
    [InlineData("publish", """{"channel":"a","data":{"b":}}""", "$.data")]
    [InlineData("broadcast", """{"channels":"a","data":1}""", "$.channels")]
    [InlineData("broadcast", """{"channels":[1],"data":1}""", "$.channels[0]")]
    [InlineData("history", """{"channel":"a","limit":1e400}""", "$.limit")]
    [InlineData("history", """{"channel":"a","limit":2147483648}""", "$.limit")]
    [InlineData("history", """{"channel":"a","since":5}""", "$.since")]
    [InlineData("subscribe", """{"user":42,"channel":"a"}""", "$.user")]
    [InlineData("subscribe", """{"user":"42","channel":"a","override":{"presence":true}}""", "$.override.presence")]
    [InlineData("disconnect", """{"user":"42","disconnect":{"code":-1}}""", "$.disconnect.code")]
    [InlineData("disconnect", """{"user":"42","whitelist":"a"}""", "$.whitelist")]
    [InlineData("batch", """{"commands":{}}""", "$.commands")]
    [InlineData("batch", """{"commands":[{"info":{},"info":{}}]}""", "$.commands[0].info")]
    public async Task The_answer_says_where_a_body_cannot_be_read(string method, string request, string place)
    {
        var (status, body) = await _host.PostAsync("/api/" + method, request);

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal(107u, ApiHost.ErrorCode(body));
        Assert.Contains(place, body, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", body, StringComparison.Ordinal);
        Assert.Empty(_host.Parley.Calls);
    }

    [Fact]
    public async Task Bytes_that_are_no_UTF8_are_400_even_inside_data()
    {
        using var response = await _host.SendAsync("/api/publish", [.. "{\"channel\":\"a\",\"data\":\""u8, 0xC3, .. "\"}"u8], ("X-API-Key", ApiHost.Key));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Empty(_host.Parley.Calls);
    }

    [Theory]
    [InlineData(62, true)]
    [InlineData(64, false)]
    [InlineData(100_000, false)]
    public async Task Depth_is_bounded(int depth, bool taken)
    {
        var (status, _) = await _host.PostAsync("/api/publish", $"{{\"channel\":\"a\",\"data\":{new string('[', depth)}{new string(']', depth)}}}");

        Assert.Equal(taken ? HttpStatusCode.OK : HttpStatusCode.BadRequest, status);
        Assert.Equal(taken ? 1 : 0, _host.Parley.Calls.Count);
    }

    [Theory]
    [InlineData("map_publish")]
    [InlineData("map_remove")]
    [InlineData("shared_poll_publish")]
    [InlineData("block_user")]
    [InlineData("send_push_notification")]
    public async Task A_method_that_does_not_exist_is_404_with_104(string method)
    {
        var (status, body) = await _host.PostAsync("/api/" + method, "{}");

        Assert.Equal((HttpStatusCode.NotFound, 104u), (status, ApiHost.ErrorCode(body)));
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task Nothing_is_done_by_GET(string method)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/" + method);
        request.Headers.Add("X-API-Key", ApiHost.Key);

        using var response = await _host.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Empty(_host.Parley.Calls);
    }

    [Fact]
    public async Task Answers_are_marked_as_JSON_that_is_not_to_be_kept_or_guessed_at()
    {
        foreach (var path in (string[])["/api/info", "/api/no_such", "/api"])
        {
            using var response = await _host.SendAsync(path, "{}"u8.ToArray(), ("X-API-Key", ApiHost.Key));

            Assert.Equal("application/json", response.Content.Headers.ContentType?.ToString());
            Assert.Equal("no-store", response.Headers.CacheControl?.ToString());
            Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
        }
    }

    [Fact]
    public async Task The_prefix_is_free_and_conventions_reach_every_endpoint()
    {
        await using var host = await ApiHost.StartAsync(app => app.MapParleyApi("/internal/parley").Add(endpoint => endpoint.DisplayName += "!"), ("Api:Keys:0", ApiHost.Key));

        Assert.Equal(HttpStatusCode.OK, (await host.PostAsync("/internal/parley/info", "{}")).Status);
        Assert.Equal(HttpStatusCode.OK, (await host.PostAsync("/internal/parley", """{"method":"info"}""")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await host.PostAsync("/api/info", "{}")).Status);
    }

    [Fact]
    public async Task Without_the_services_mapping_says_what_to_call()
    {
        await using var application = WebApplication.CreateSlimBuilder().Build();

        Assert.Contains("AddParley", Assert.Throws<InvalidOperationException>(() => application.MapParleyApi()).Message, StringComparison.Ordinal);
    }
}
