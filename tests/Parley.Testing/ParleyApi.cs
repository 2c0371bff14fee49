using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Parley.Testing;

/// <summary>Calls the HTTP API of a server as a backend would.</summary>
public sealed class ParleyApi : IDisposable
{
    private readonly HttpClient _http;

    /// <param name="address">Of the server.</param>
    /// <param name="key">Goes into <c>X-API-Key</c>; null: none.</param>
    public ParleyApi(Uri address, string? key)
    {
        _http = new HttpClient { BaseAddress = new Uri(address, "/api/"), Timeout = Patience.Limit };
        if (key is not null)
            _http.DefaultRequestHeaders.Add("X-API-Key", key);
    }

    /// <summary>Calls a method that must answer with a result.</summary>
    /// <param name="method">As <c>publish</c>.</param>
    /// <param name="request">Written as JSON with the names it has.</param>
    /// <returns>The result.</returns>
    /// <exception cref="ApiException">It answered with an error.</exception>
    public async Task<JsonElement> CallAsync(string method, object request)
    {
        var (status, body) = await PostAsync(method, request);
        if (status != HttpStatusCode.OK)
            throw new HttpRequestException($"{method} was answered with {(int)status}: {body}", null, status);
        if (body.TryGetProperty("error", out var error))
            throw new ApiException(error.GetProperty("code").GetInt32(), error.GetProperty("message").GetString()!);
        return body.GetProperty("result");
    }

    /// <summary>Calls a method, whatever it answers.</summary>
    /// <returns>The status and the body, which is undefined when it is not JSON.</returns>
    public async Task<(HttpStatusCode Status, JsonElement Body)> PostAsync(string method, object request)
    {
        using var response = await _http.PostAsJsonAsync(method, request, JsonSerializerOptions.Default);
        var text = await response.Content.ReadAsStringAsync();
        if (text.Length == 0 || response.Content.Headers.ContentType?.MediaType?.EndsWith("json", StringComparison.Ordinal) != true)
            return (response.StatusCode, default);
        using var document = JsonDocument.Parse(text);
        return (response.StatusCode, document.RootElement.Clone());
    }

    /// <summary>Publishes a value, which is written as JSON.</summary>
    /// <returns>The offset; 0 without history.</returns>
    public async Task<ulong> PublishAsync(string channel, object data)
    {
        var result = await CallAsync("publish", new { channel, data });
        return result.TryGetProperty("offset", out var offset) ? offset.GetUInt64() : 0;
    }

    /// <summary>How many clients are in a channel by its presence.</summary>
    public async Task<int> CountClientsAsync(string channel)
    {
        var stats = await CallAsync("presence_stats", new { channel });
        return stats.GetProperty("num_clients").GetInt32();
    }

    /// <summary>What the server says of itself, a single node.</summary>
    public async Task<JsonElement> InfoAsync()
    {
        var info = await CallAsync("info", new { });
        return info.GetProperty("nodes")[0];
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();
}
