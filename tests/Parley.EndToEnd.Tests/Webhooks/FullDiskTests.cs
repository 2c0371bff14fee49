using System.Net;
using System.Text;
using System.Text.Json;
using Parley.Testing;

namespace Parley.EndToEnd.Tests.Webhooks;

/// <summary>No space is left for the files of the real server; some time later there is.</summary>
/// <remarks>A limit of the process on the size of its files takes the place of a small disk, which only root could make.</remarks>
public sealed class FullDiskTests : IAsyncLifetime
{
    private const int MostBytes = 4 * 1024 * 1024;
    private const int PayloadBytes = 100_000;

    private readonly LimitedServer _server = new();
    private readonly HttpClient _client = new();
    private string _application = "";

    public async ValueTask InitializeAsync()
    {
        await _server.InitializeAsync();
        _client.BaseAddress = new Uri(_server.Address, "/api/webhooks/");
        _client.DefaultRequestHeaders.Add("X-API-Key", _server.ApiKey);
        _application = (await CallAsync("applications", "{}")).Body.GetProperty("id").GetString()!;
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Senders_and_readiness_are_told_nothing_that_was_accepted_is_lost_and_with_space_it_goes_on_by_itself()
    {
        using var receiver = new WebhookReceiver();
        await CallAsync($"applications/{_application}/endpoints", $$"""{"url":"{{receiver.Url}}","retrySchedule":[1,1,1,1,1]}""");
        Assert.Equal(HttpStatusCode.OK, await ReadinessAsync("/webhooks"));

        var accepted = new List<string>();
        await LimitFilesAsync($"{MostBytes}");
        // Each file finds its end by itself, and what is brought from one into the other makes room once more.
        for (var refused = 0; refused < 5;)
        {
            var answer = await SendAsync();
            if (answer.Status is HttpStatusCode.Accepted)
                accepted.Add(answer.Body.GetProperty("id").GetString()!);
            else
                Assert.Equal(HttpStatusCode.InsufficientStorage, answer.Status);
            refused = answer.Status is HttpStatusCode.Accepted ? 0 : refused + 1;
        }

        Assert.NotEmpty(accepted);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await ReadinessAsync("/webhooks"));
        // Clients lose nothing by it, and what is there can be read.
        Assert.Equal(HttpStatusCode.OK, await ReadinessAsync(""));
        await _server.Api.PublishAsync(ParleyServerProcess.NewChannel(), "1");
        foreach (var message in accepted)
            Assert.Equal(HttpStatusCode.OK, (await GetAsync($"applications/{_application}/messages/{message}")).Status);

        await LimitFilesAsync("unlimited");
        await BecomesAsync(async () => (await SendAsync()).Status, HttpStatusCode.Accepted);
        await BecomesAsync(() => ReadinessAsync("/webhooks"), HttpStatusCode.OK);
        await Eventually.BecomesAsync(
            () => Task.FromResult(accepted.Except(receiver.Requests.Select(static request => request.Id)).Count()), static missing => missing == 0);
        await Eventually.BecomesAsync(
            () => GetAsync($"applications/{_application}/messages/{accepted[^1]}/deliveries"), static shown => shown.Text.Contains("succeeded", StringComparison.Ordinal));
    }

    private static Task BecomesAsync(Func<Task<HttpStatusCode>> ask, HttpStatusCode expected) =>
        Eventually.BecomesAsync(ask, status => status == expected);

    private async Task<HttpStatusCode> ReadinessAsync(string part)
    {
        using var response = await _client.GetAsync(new Uri(_server.Address, "/health/ready" + part));
        return response.StatusCode;
    }

    private Task<Answer> SendAsync() => CallAsync($"applications/{_application}/messages", $$"""
        {"eventType":"order.created","payload":["{{new string('x', PayloadBytes)}}"]}
        """);

    private async Task<Answer> CallAsync(string path, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await _client.PostAsync(path, content);
        return await Answer.OfAsync(response);
    }

    private async Task<Answer> GetAsync(string path)
    {
        using var response = await _client.GetAsync(path);
        return await Answer.OfAsync(response);
    }

    private async Task LimitFilesAsync(string bytes)
    {
        await using var process = ChildProcess.Start("prlimit", ["--pid", $"{_server.Process.Id}", $"--fsize={bytes}:unlimited"]);
        Assert.Equal(0, await process.Exit.WaitAsync(Patience.Limit));
    }

    private sealed record Answer(HttpStatusCode Status, string Text)
    {
        public JsonElement Body => JsonElement.Parse(Text);

        public static async Task<Answer> OfAsync(HttpResponseMessage response) => new(response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>A file that may not grow is an error for it, as a full disk is, and not its end.</summary>
    private sealed class LimitedServer : ParleyServerProcess
    {
        public LimitedServer()
            : base("""{ "Webhooks": { "AllowPrivateNetworks": [ "127.0.0.0/8" ] } }""") => MayLogErrors = true;

        protected override IEnumerable<string> Launcher => ["sh", "-c", "trap '' XFSZ; exec \"$@\"", "sh"];
    }
}
