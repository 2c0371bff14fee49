using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Parley.AspNetCore.Api;

namespace Parley.AspNetCore.Tests.Api;

/// <summary>The API on a real Kestrel and a free port.</summary>
internal sealed class ApiHost : IAsyncDisposable
{
    public const string Key = "the-first-key-of-the-tests";

    public const string OtherKey = "the-other-key-of-the-tests";

    private readonly WebApplication _application;

    private ApiHost(WebApplication application, RecordingParley parley, RecordingLoggerProvider log)
    {
        _application = application;
        Parley = parley;
        Log = log;
        Address = new Uri(application.Urls.Single());
        Client = new HttpClient { BaseAddress = Address };
    }

    public RecordingParley Parley { get; }

    public RecordingLoggerProvider Log { get; }

    public Uri Address { get; }

    public HttpClient Client { get; }

    public IConfigurationRoot Configuration => (IConfigurationRoot)_application.Configuration;

    public static Task<ApiHost> StartAsync(params (string Key, string Value)[] settings) => StartAsync(null, settings);

    public static Task<ApiHost> StartAsync(Action<WebApplication>? map, params (string Key, string Value)[] settings) => StartAsync(map, null, settings);

    /// <summary>Starts one on own sockets.</summary>
    public static async Task<ApiHost> StartAsync(Action<WebApplication>? map, Action<ParleySocketOptions>? sockets, params (string Key, string Value)[] settings)
    {
        if (settings.Length == 0)
            settings = [("Api:Keys:0", Key), ("Api:Keys:1", OtherKey)];
        var parley = new RecordingParley();
        var log = new RecordingLoggerProvider();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection(settings.ToDictionary(setting => "Parley:" + setting.Key, setting => (string?)setting.Value));
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Debug).AddProvider(log);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        if (sockets is not null)
            builder.WebHost.UseParleySockets(sockets);
        builder.Services.Configure<ParleyOptions>(builder.Configuration.GetSection("Parley"));
        builder.Services.AddSingleton<IParley>(parley);
        builder.Services.AddParleyApi();
        var application = builder.Build();
        (map ?? (static app => app.MapParleyApi())).Invoke(application);
        await application.StartAsync();
        return new ApiHost(application, parley, log);
    }

    /// <summary>Posts a body with the key, and says how it was answered.</summary>
    public async Task<(HttpStatusCode Status, string Body)> PostAsync(string path, string body, params (string Name, string Value)[] headers)
    {
        using var response = await SendAsync(path, Encoding.UTF8.GetBytes(body), [("X-API-Key", Key), .. headers]);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>Posts a body with no headers but the given ones.</summary>
    public async Task<HttpResponseMessage> SendAsync(string path, byte[] body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
        foreach (var (name, value) in headers)
            Assert.True(request.Headers.TryAddWithoutValidation(name, value));
        return await Client.SendAsync(request);
    }

    /// <summary>Calls a method that must succeed.</summary>
    public async Task<JsonNode> CallAsync(string method, string request)
    {
        var (status, body) = await PostAsync("/api/" + method, request);
        Assert.Equal(HttpStatusCode.OK, status);
        var answer = JsonNode.Parse(body)!.AsObject();
        // A batch has nothing around its replies.
        if (method == "batch")
            return answer;
        Assert.Equal(["result"], answer.Select(member => member.Key));
        return answer["result"]!;
    }

    /// <summary>Calls a method that must be refused in the body, and gives the code.</summary>
    public async Task<uint> CallForErrorAsync(string method, string request)
    {
        var (status, body) = await PostAsync("/api/" + method, request);
        Assert.Equal(HttpStatusCode.OK, status);
        return ErrorCode(body);
    }

    /// <summary>The code of an answer that is an error and nothing else.</summary>
    public static uint ErrorCode(string body)
    {
        var answer = JsonNode.Parse(body)!.AsObject();
        Assert.Equal(["error"], answer.Select(member => member.Key));
        Assert.Equal(["code", "message"], answer["error"]!.AsObject().Select(member => member.Key));
        Assert.NotEmpty(answer["error"]!["message"]!.GetValue<string>());
        return answer["error"]!["code"]!.GetValue<uint>();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _application.DisposeAsync();
    }
}
