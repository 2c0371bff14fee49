using System.Text;
using System.Text.Json;

namespace Parley.EndToEnd.Tests.Webhooks;

/// <summary>Calls the API of the webhooks as a customer's backend does.</summary>
internal sealed class WebhookApi : IDisposable
{
    private readonly HttpClient _client;

    public WebhookApi(Uri server, string key)
    {
        _client = new HttpClient { BaseAddress = new Uri(server, "/api/webhooks/") };
        _client.DefaultRequestHeaders.Add("X-API-Key", key);
    }

    public async Task<JsonElement> CallAsync(string method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
            request.Content = new StringContent(JsonSerializer.Serialize(body, JsonSerializerOptions.Web), Encoding.UTF8, "application/json");
        using var response = await _client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{method} {path}: {(int)response.StatusCode} {text}");
        return text.Length == 0 ? default : JsonElement.Parse(text);
    }

    public void Dispose() => _client.Dispose();
}
