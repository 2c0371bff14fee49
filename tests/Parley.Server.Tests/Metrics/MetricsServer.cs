using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Parley.Server.Configuration;
using Parley.Server.Hosting;
using Parley.Testing;

namespace Parley.Server.Tests.Metrics;

/// <summary>The server in the test's own process, whose instruments the test can reach.</summary>
internal sealed partial class MetricsServer : IAsyncDisposable
{
    public const string ApiKey = "a-key-of-the-whole-api";
    public const string MetricsKey = "a-key-for-metrics-only";

    private readonly TestFolder _folder = new();
    private readonly WebApplication _application;

    private MetricsServer(params (string Key, string Value)[] values)
    {
        var settings = ServerSettings.Load(new()
        {
            Values =
            [
                new("Parley:DataDirectory", _folder.Path), new("Parley:Api:Keys:0", ApiKey), new("Parley:Metrics:Keys:0", MetricsKey),
                new("Parley:Tokens:HmacSecret", new string('s', 32)), new("Logging:LogLevel:Default", "None"),
                new(WebHostDefaults.ServerUrlsKey, "http://127.0.0.1:0"),
                .. values.Select(static value => KeyValuePair.Create<string, string?>(value.Key, value.Value)),
            ],
        });
        Assert.Empty(settings.Problems);
        _application = ServerApplication.Build(settings);
    }

    public HttpClient Client { get; } = new();

    public static async Task<MetricsServer> StartAsync(params (string Key, string Value)[] values)
    {
        var server = new MetricsServer(values);
        await server._application.StartAsync();
        server.Client.BaseAddress = new Uri(server._application.Urls.Single());
        return server;
    }

    public async Task<HttpResponseMessage> GetAsync(string path, string? header = null, string? value = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (header is not null)
            Assert.True(request.Headers.TryAddWithoutValidation(header, value));
        return await Client.SendAsync(request);
    }

    public async Task<string> ScrapeAsync()
    {
        using var response = await GetAsync("/metrics", "Authorization", $"Bearer {MetricsKey}");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadAsStringAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _application.EndNowAsync();
        _folder.Dispose();
    }

    /// <summary>Names of what a scrape has, with their kinds: <c>parley_sessions</c>, <c>gauge</c>.</summary>
    public static Dictionary<string, string> Families(string scrape) =>
        TypeLine().Matches(scrape).ToDictionary(static line => line.Groups[1].Value, static line => line.Groups[2].Value);

    [GeneratedRegex("^# TYPE (\\S+) (\\S+)$", RegexOptions.Multiline)]
    private static partial Regex TypeLine();
}
