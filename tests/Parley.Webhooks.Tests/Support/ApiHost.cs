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
using Parley.Webhooks.Storage;

namespace Parley.Webhooks.Tests.Support;

/// <summary>An application that maps the API.</summary>
public sealed class ApiHost : IAsyncLifetime
{
    /// <summary>Opens everything.</summary>
    public const string OperatorKey = "operator-key-operator-key";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parley-webhooks-");
    private readonly Action<WebhookOptions>? _configure;
    private readonly Action<IServiceCollection>? _addServices;
    private readonly Func<IWebhookStore, IWebhookStore>? _wrapStore;
    private WebApplication _application = null!;
    private HttpClient _client = null!;

    /// <summary>One that may send to this machine.</summary>
    public ApiHost()
    {
    }

    private ApiHost(Action<WebhookOptions>? configure, Action<IServiceCollection>? addServices, Func<IWebhookStore, IWebhookStore>? wrapStore) =>
        (_configure, _addServices, _wrapStore) = (configure, addServices, wrapStore);

    /// <summary>For what is not below the API.</summary>
    public HttpClient Client => _client;

    /// <summary>Where the API is, with a slash at its end.</summary>
    public Uri Address => _client.BaseAddress!;

    public IServiceProvider Services => _application.Services;

    internal IWebhookStore Store => Services.GetRequiredService<IWebhookStore>();

    /// <summary>Starts one that a test wants different.</summary>
    public static Task<ApiHost> StartAsync(Action<WebhookOptions>? configure = null, Action<IServiceCollection>? addServices = null) => StartAsync(null, configure, addServices);

    /// <summary>Starts one whose store is inside another.</summary>
    internal static async Task<ApiHost> StartAsync(
        Func<IWebhookStore, IWebhookStore>? wrapStore, Action<WebhookOptions>? configure = null, Action<IServiceCollection>? addServices = null)
    {
        var host = new ApiHost(configure, addServices, wrapStore);
        await host.InitializeAsync();
        return host;
    }

    /// <summary>Ends and starts again with the same files.</summary>
    public async Task RestartAsync()
    {
        await EndAsync();
        await InitializeAsync();
    }

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        _addServices?.Invoke(builder.Services);
        builder.Services.AddWebhooks(options =>
        {
            options.OperatorKeys = [OperatorKey];
            options.AllowPrivateNetworks = ["127.0.0.1"];
            options.MaxPayloadBytes = 10_000;
            options.MaxEndpoints = 20;
            _configure?.Invoke(options);
        }).UseSqlite(Path.Combine(_folder.FullName, "webhooks.db"));
        if (_wrapStore is not null)
        {
            var store = builder.Services.Single(static service => service.ServiceType == typeof(IWebhookStore));
            builder.Services.Remove(store);
            builder.Services.AddSingleton(provider => _wrapStore((IWebhookStore)store.ImplementationFactory!(provider)));
        }

        builder.Services.AddDataProtection().PersistKeysToFileSystem(_folder.CreateSubdirectory("keys"));
        _application = builder.Build();
        _application.MapParleyWebhooks();
        _application.MapParleyWebhookKeys();
        _application.MapGet("/somebody/elses", static () => "");
        await _application.StartAsync();
        _client = new HttpClient { BaseAddress = new Uri(_application.Urls.Single() + "/api/webhooks/") };
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        _folder.Delete(recursive: true);
    }

    /// <summary>Calls the API.</summary>
    public async Task<ApiReply> CallAsync(string method, string path, string? body = null, string? key = OperatorKey, string type = "application/json", string? idempotencyKey = null,
        CancellationToken cancellationToken = default)
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
        using var response = await _client.SendAsync(request, cancellationToken);
        var text = await response.Content.ReadAsStringAsync();
        return new ApiReply(response.StatusCode, response.Content.Headers.ContentType?.MediaType, text.Length == 0 ? default : JsonElement.Parse(text), text)
        {
            RetryAfter = response.Headers.RetryAfter?.ToString(),
            Challenge = response.Headers.WwwAuthenticate.ToString(),
            IsReplayed = response.Headers.TryGetValues("Idempotency-Replayed", out var replayed) && replayed.Single() == "true",
        };
    }

    /// <summary>Makes an endpoint in an application of its own.</summary>
    /// <param name="url">Its URL.</param>
    /// <param name="fields">Further ones, as <c>"timeout":1</c>.</param>
    /// <returns>Its path.</returns>
    public async Task<string> NewEndpointAsync(string url, string? fields = null)
    {
        var path = $"applications/{await NewApplicationAsync()}/endpoints";
        var made = await CallAsync("POST", path, $$"""{"url":"{{url}}"{{(fields is null ? "" : "," + fields)}}}""");
        return $"{path}/{made["id"] ?? throw new InvalidOperationException(made.Text)}";
    }

    /// <summary>All that is on disk of the database.</summary>
    public string ReadDatabase() => string.Concat(new[] { "webhooks.db", "webhooks.db-wal" }.Select(name =>
    {
        using var stream = new FileStream(Path.Combine(_folder.FullName, name), FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream, Encoding.Latin1);
        return reader.ReadToEnd();
    }));

    private async Task EndAsync()
    {
        _client.Dispose();
        await _application.EndNowAsync();
    }

    /// <summary>Makes an application.</summary>
    /// <returns>Its id.</returns>
    public async Task<string> NewApplicationAsync() => (await CallAsync("POST", "applications", "{}")).Body.GetProperty("id").GetString()!;
}

/// <summary>An answer of the API.</summary>
public sealed record ApiReply(HttpStatusCode Status, string? Type, JsonElement Body, string Text)
{
    public string? RetryAfter { get; init; }

    /// <summary>By which schemes to authenticate.</summary>
    public string Challenge { get; init; } = "";

    /// <summary>Whether it is the answer to an earlier call.</summary>
    public bool IsReplayed { get; init; }

    public string? this[string field] => Body.TryGetProperty(field, out var value) ? value.ToString() : null;
}
