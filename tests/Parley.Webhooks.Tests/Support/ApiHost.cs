using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Parley.Testing;

namespace Parley.Webhooks.Tests.Support;

/// <summary>An application that maps the API.</summary>
public sealed class ApiHost : IAsyncLifetime
{
    /// <summary>Opens everything.</summary>
    public const string OperatorKey = "operator-key-operator-key";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parley-webhooks-");
    private WebApplication _application = null!;
    private HttpClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddWebhooks(options =>
        {
            options.OperatorKeys = [OperatorKey];
            options.AllowPrivateNetworks = ["127.0.0.1"];
            options.MaxPayloadBytes = 10_000;
            options.MaxEndpoints = 20;
        }).UseSqlite(Path.Combine(_folder.FullName, "webhooks.db"));
        builder.Services.AddDataProtection().PersistKeysToFileSystem(_folder.CreateSubdirectory("keys"));
        _application = builder.Build();
        _application.MapParleyWebhooks();
        await _application.StartAsync();
        _client = new HttpClient { BaseAddress = new Uri(_application.Urls.Single() + "/api/webhooks/") };
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _application.EndNowAsync();
        _folder.Delete(recursive: true);
    }

    /// <summary>Calls the API.</summary>
    public async Task<ApiReply> CallAsync(string method, string path, string? body = null, string? key = OperatorKey, string type = "application/json", string? idempotencyKey = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(type);
        }

        if (key is not null)
            request.Headers.Add("X-API-Key", key);
        if (idempotencyKey is not null)
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        using var response = await _client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return new ApiReply(response.StatusCode, response.Content.Headers.ContentType?.MediaType, text.Length == 0 ? default : JsonElement.Parse(text), text);
    }

    /// <summary>Makes an application.</summary>
    /// <returns>Its id.</returns>
    public async Task<string> NewApplicationAsync() => (await CallAsync("POST", "applications", "{}")).Body.GetProperty("id").GetString()!;
}

/// <summary>An answer of the API.</summary>
public sealed record ApiReply(HttpStatusCode Status, string? Type, JsonElement Body, string Text)
{
    public string? this[string field] => Body.TryGetProperty(field, out var value) ? value.ToString() : null;
}
