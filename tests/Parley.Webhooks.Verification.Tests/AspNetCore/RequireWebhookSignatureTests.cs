using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Parley.Webhooks.Verification.Tests.AspNetCore;

public sealed class RequireWebhookSignatureTests : IAsyncLifetime
{
    private const string Body = """{"type":"payment.completed","data":{"amount":700}}""";

    private readonly FakeTimeProvider _time = Clock.At(Vectors.Timestamp);
    private readonly WebhookKey _key = WebhookKey.CreateSecret();
    private readonly List<string> _keys;
    private readonly List<string> _received = [];
    private readonly TaskCompletionSource _mayAnswer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _status = StatusCodes.Status204NoContent;
    private TaskCompletionSource? _isWaiting;
    private WebApplication _app = null!;
    private HttpClient _client = null!;

    public RequireWebhookSignatureTests() => _keys = [_key.Export()];

    private sealed record Event(string Type, JsonElement Data);

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<TimeProvider>(_time);
        _app = builder.Build();
        _app.Urls.Add("http://127.0.0.1:0");
        _app.MapPost("/hooks", async (Event received) =>
        {
            if (_isWaiting is { } waiting)
            {
                waiting.SetResult();
                await _mayAnswer.Task;
            }

            lock (_received)
                _received.Add($"{received.Type} {received.Data.GetProperty("amount")}");
            return Results.StatusCode(_status);
        }).RequireWebhookSignature(options =>
        {
            options.Keys = _keys;
            options.MaxBodyBytes = 1000;
            options.Ids = new WebhookIdMemory(time: _time);
        });
        await _app.StartAsync();
        _client = new HttpClient { BaseAddress = new Uri(_app.Urls.First()) };
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
    }

    [Fact]
    public async Task A_signed_webhook_reaches_the_endpoint_with_its_body()
    {
        Assert.Equal(HttpStatusCode.NoContent, await SendAsync("msg_1"));
        Assert.Equal(["payment.completed 700"], _received);
    }

    [Theory]
    [InlineData("webhook-signature", "v1,AAAA", HttpStatusCode.Unauthorized, "invalid_signature")]
    [InlineData("webhook-signature", "", HttpStatusCode.Unauthorized, "missing_header")]
    [InlineData("webhook-id", "", HttpStatusCode.Unauthorized, "missing_header")]
    [InlineData("webhook-id", "msg_2", HttpStatusCode.Unauthorized, "invalid_signature")]
    [InlineData("webhook-id", "msg.2", HttpStatusCode.BadRequest, "invalid_id")]
    [InlineData("webhook-timestamp", "soon", HttpStatusCode.BadRequest, "invalid_timestamp")]
    [InlineData("webhook-timestamp", "1614265331", HttpStatusCode.Unauthorized, "invalid_signature")]
    [InlineData("webhook-timestamp", "1614265029", HttpStatusCode.Unauthorized, "too_old")]
    [InlineData("webhook-timestamp", "1614265631", HttpStatusCode.Unauthorized, "too_new")]
    public async Task What_does_not_fit_gets_no_further(string header, string value, HttpStatusCode status, string code)
    {
        using var request = Request("msg_1", Body);
        request.Headers.Remove(header);
        if (value.Length > 0)
            request.Headers.TryAddWithoutValidation(header, value);

        using var response = await _client.SendAsync(request);

        Assert.Equal(status, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        using var problem = JsonDocument.Parse(await response.Content.ReadAsStreamAsync());
        Assert.Equal(code, problem.RootElement.GetProperty("code").GetString());
        Assert.Equal((int)status, problem.RootElement.GetProperty("status").GetInt32());
        Assert.Empty(_received);
    }

    [Fact]
    public async Task A_changed_body_gets_no_further()
    {
        using var request = Request("msg_1", Body);
        request.Content = new StringContent(Body.Replace("700", "701", StringComparison.Ordinal), Encoding.UTF8, "application/json");

        using var response = await _client.SendAsync(request);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Empty(_received);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_over_the_limit_is_not_read(bool isChunked)
    {
        using var request = Request("msg_1", Body + new string(' ', 1000));
        request.Headers.TransferEncodingChunked = isChunked;

        using var response = await _client.SendAsync(request);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Empty(_received);
    }

    [Fact]
    public async Task A_webhook_that_was_processed_is_not_processed_again()
    {
        await SendAsync("msg_1");

        Assert.Equal(HttpStatusCode.OK, await SendAsync("msg_1"));
        Assert.Equal(HttpStatusCode.NoContent, await SendAsync("msg_2"));
        Assert.Equal(2, _received.Count);
    }

    [Fact]
    public async Task A_webhook_that_failed_is_processed_when_it_comes_again()
    {
        _status = StatusCodes.Status500InternalServerError;
        await SendAsync("msg_1");
        _status = StatusCodes.Status204NoContent;

        Assert.Equal(HttpStatusCode.NoContent, await SendAsync("msg_1"));
        Assert.Equal(2, _received.Count);
    }

    [Fact]
    public async Task A_webhook_that_is_being_processed_is_not_processed_beside()
    {
        _isWaiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var first = SendAsync("msg_1");
        await _isWaiting.Task;

        Assert.Equal(HttpStatusCode.Conflict, await SendAsync("msg_1"));
        _mayAnswer.SetResult();
        Assert.Equal(HttpStatusCode.NoContent, await first);
        Assert.Single(_received);
    }

    [Fact]
    public async Task Keys_can_be_changed_while_it_runs_and_bad_ones_are_not_used()
    {
        var next = WebhookKey.CreatePrivateKey();
        _keys[0] = "whsec_broken";
        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync("msg_1", next));
        Assert.Equal(HttpStatusCode.NoContent, await SendAsync("msg_0"));

        _keys[0] = next.VerificationKey.Export();
        Assert.Equal(HttpStatusCode.NoContent, await SendAsync("msg_1", next));
        _keys[0] = "whsec_broken";
        Assert.Equal(HttpStatusCode.NoContent, await SendAsync("msg_2", next));
    }

    [Theory]
    [InlineData("whsec_broken")]
    [InlineData(null)]
    public async Task A_key_that_cannot_be_used_stops_the_start_and_is_not_repeated(string? key)
    {
        await using var app = WebApplication.CreateSlimBuilder().Build();

        var exception = Assert.Throws<ArgumentException>(() => app.MapPost("/", () => "")
            .RequireWebhookSignature(key is null ? [] : [key]));

        Assert.Contains("Keys", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("broken", exception.Message, StringComparison.Ordinal);
    }

    private async Task<HttpStatusCode> SendAsync(string id, WebhookKey? key = null)
    {
        using var request = Request(id, Body, key);
        using var response = await _client.SendAsync(request);
        return response.StatusCode;
    }

    private HttpRequestMessage Request(string id, string body, WebhookKey? key = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/hooks") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", Vectors.TimestampText);
        request.Headers.Add("webhook-signature", (key ?? _key).Sign(id, Vectors.Timestamp, Encoding.UTF8.GetBytes(body)));
        return request;
    }
}
