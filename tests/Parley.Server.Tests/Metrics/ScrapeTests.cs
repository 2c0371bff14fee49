using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Parley.Testing;

namespace Parley.Server.Tests.Metrics;

public sealed class ScrapeTests : IDisposable
{
    private const string Key = "a-key-of-the-whole-api";

    private readonly TestFolder _folder = new();
    private readonly HttpClient _client = new() { DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", Key) } };

    public void Dispose()
    {
        _client.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task The_server_tells_of_its_sessions_and_of_what_became_of_webhooks()
    {
        await using var receiver = await StartReceiverAsync();
        await using var server = ServerProcess.Start(_folder,
        [
            "--urls", "http://127.0.0.1:0", "--Parley:Api:Keys:0", Key, "--Parley:Clients:AllowAnonymous", "true",
            "--Parley:Webhooks:AllowPrivateNetworks:0", "127.0.0.0/8",
        ]);
        _client.BaseAddress = await server.WaitForAddressAsync();
        using var session = await ConnectAsync(_client.BaseAddress);
        var application = await PostAsync("applications", new { name = "Metrics" });
        await PostAsync($"applications/{application}/endpoints", new { url = receiver.Urls.Single() });

        await PostAsync($"applications/{application}/messages", new { eventType = "invoice.paid", payload = new { } });

        var scrape = await Eventually.BecomesAsync(
            () => _client.GetStringAsync("/metrics"), static scrape => Value(scrape, "parley_webhooks_deliveries_total", "state=\"succeeded\"") == 1);
        Assert.Equal(1, Value(scrape, "parley_sessions"));
        Assert.Equal(0, Value(scrape, "parley_sessions_queued_bytes"));
        Assert.Equal(1, Value(scrape, "parley_webhooks_accepted_total"));
        Assert.Equal(1, Value(scrape, "parley_webhooks_attempts_total", "outcome=\"succeeded\""));
        Assert.Equal(1, Value(scrape, "parley_webhooks_accept_duration_seconds_count"));
        Assert.Equal(1, Value(scrape, "parley_webhooks_first_attempt_delay_seconds_count"));
        Assert.Equal(1, Value(scrape, "parley_webhooks_attempt_duration_seconds_count"));
        Assert.Equal(0, Value(scrape, "parley_webhooks_oldest_due_age_seconds"));
        Assert.Equal(0, Value(scrape, "parley_webhooks_stalled_age_seconds"));
        Assert.Equal(0, Value(scrape, "parley_webhooks_lanes_depth"));
    }

    private static double? Value(string scrape, string name, string label = "") =>
        scrape.Split('\n').FirstOrDefault(line => line.StartsWith(name + '{', StringComparison.Ordinal) && line.Contains(label, StringComparison.Ordinal)) is { } line
            ? double.Parse(line.AsSpan(line.LastIndexOf(' ') + 1), CultureInfo.InvariantCulture)
            : null;

    private static async Task<WebApplication> StartReceiverAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var receiver = builder.Build();
        receiver.Run(static context =>
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        });
        await receiver.StartAsync();
        return receiver;
    }

    private static async Task<ClientWebSocket> ConnectAsync(Uri address)
    {
        var client = new ClientWebSocket();
        await client.ConnectAsync(new UriBuilder(address) { Scheme = "ws", Path = "/connection/websocket" }.Uri, CancellationToken.None);
        await client.SendAsync("""{"id":1,"connect":{}}"""u8.ToArray(), WebSocketMessageType.Text, true, CancellationToken.None);
        await client.ReceiveAsync(new byte[4096].AsMemory(), CancellationToken.None).AsTask().WaitAsync(Patience.Limit);
        return client;
    }

    private async Task<string> PostAsync(string path, object body)
    {
        using var response = await _client.PostAsJsonAsync($"/api/webhooks/{path}", body);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
    }
}
