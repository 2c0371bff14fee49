using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Parley.Testing;

namespace Parley.Webhooks.Outbox.Tests.Support;

/// <summary>A real Parley that takes messages, in the process and by its API.</summary>
public sealed class ParleyNode : IAsyncLifetime
{
    public const string Key = "operator-key-operator-key";

    private static int _applications;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parley-outbox-");
    private WebApplication _application = null!;
    private HttpClient _client = null!;

    public IWebhooks Webhooks => _application.Services.GetRequiredService<IWebhooks>();

    /// <summary>Of the API, with a slash at its end.</summary>
    public Uri Address => _client.BaseAddress!;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddWebhooks(static options => options.OperatorKeys = [Key]).UseSqlite(Path.Combine(_folder.FullName, "webhooks.db"));
        builder.Services.AddDataProtection().PersistKeysToFileSystem(_folder.CreateSubdirectory("keys"));
        _application = builder.Build();
        _application.MapParleyWebhooks();
        await _application.StartAsync();
        _client = new HttpClient { BaseAddress = new Uri(_application.Urls.Single() + "/api/webhooks/") };
        _client.DefaultRequestHeaders.Add("X-API-Key", Key);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _application.EndNowAsync();
        _folder.Delete(recursive: true);
    }

    /// <summary>A name that no other test uses.</summary>
    public static string NewName() => $"app{Interlocked.Increment(ref _applications)}";

    /// <summary>Makes an application.</summary>
    /// <returns>Its uid.</returns>
    public async Task<string> NewApplicationAsync(string? name = null)
    {
        name ??= NewName();
        using var response = await _client.PutAsJsonAsync($"applications/{name}", new { });
        response.EnsureSuccessStatusCode();
        return name;
    }

    /// <summary>The payloads that an application was sent, oldest first.</summary>
    public async Task<List<string>> PayloadsAsync(string application)
    {
        var payloads = new List<string>();
        foreach (var message in await MessagesAsync(application))
        {
            var shown = await _client.GetFromJsonAsync<JsonElement>($"applications/{application}/messages/{message.GetProperty("id").GetString()}");
            payloads.Add(shown.GetProperty("payload").GetRawText());
        }

        return payloads;
    }

    /// <summary>The messages that an application was sent, oldest first.</summary>
    public async Task<List<JsonElement>> MessagesAsync(string application)
    {
        var messages = new List<JsonElement>();
        string? cursor = null;
        do
        {
            var page = await _client.GetFromJsonAsync<JsonElement>($"applications/{application}/messages?limit=250{(cursor is null ? "" : "&cursor=" + cursor)}");
            messages.AddRange(page.GetProperty("data").EnumerateArray());
            cursor = page.TryGetProperty("next", out var next) ? next.GetString() : null;
        }
        while (cursor is not null);
        messages.Reverse();
        return messages;
    }
}
