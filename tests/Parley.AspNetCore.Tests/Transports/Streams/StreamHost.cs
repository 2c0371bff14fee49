using System.Net;
using System.Security.Claims;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Parley.AspNetCore.Tests.Transports.WebSockets;
using Parley.AspNetCore.Transports;
using Parley.Nodes;
using Parley.Specifications.Transports;
using Parley.Testing;
using Parley.Timing;

namespace Parley.AspNetCore.Tests.Transports.Streams;

/// <summary>The engine with all transports on a real Kestrel and a free port, and a clock of its own.</summary>
internal sealed class StreamHost : ITransportHost
{
    /// <summary>Logs the request in as the user that this header names, as a cookie would: the browser sends it by itself.</summary>
    public const string UserHeader = TransportClient.UserHeader;

    private readonly WebApplication _application;
    private readonly RequestCount _requests;

    private StreamHost(WebApplication application, FakeTimeProvider time, RequestCount requests)
    {
        _application = application;
        _requests = requests;
        Time = time;
        Address = new Uri(application.Urls.Single());
        Client = new HttpClient { BaseAddress = Address };
    }

    public FakeTimeProvider Time { get; }

    public Uri Address { get; }

    public HttpClient Client { get; }

    public IParley Parley => _application.Services.GetRequiredService<IParley>();

    public IServiceProvider Services => _application.Services;

    /// <summary>What waits for the clock.</summary>
    public int Timers => _application.Services.GetRequiredService<TimerWheel>().Count;

    public int Connections => _application.Services.GetRequiredService<HandshakeLimiter>().Connections;

    public int Requests => _requests.All;

    /// <summary>Those that are for this node itself.</summary>
    public int OwnRequests => _requests.Own;

    public static Task<StreamHost> StartAsync(Action<ParleyOptions>? configure = null, bool hasOwnSockets = false)
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        return StartAsync(time, services => services.AddSingleton<TimeProvider>(time), configure, hasOwnSockets);
    }

    /// <summary>Starts a node that shares the clock and more with others.</summary>
    public static async Task<StreamHost> StartAsync(
        FakeTimeProvider time, Action<IServiceCollection> addServices, Action<ParleyOptions>? configure = null, bool hasOwnSockets = false)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        if (hasOwnSockets)
            builder.WebHost.UseParleySockets();
        addServices(builder.Services);
        builder.Services.AddParley(options =>
        {
            options.Clients.AllowAnonymous = true;
            options.Channels.Default.AllowSubscribe = true;
            options.Channels.Default.AllowPublish = true;
            options.Channels.Default.Presence = true;
            options.Channels.Default.HistorySize = 100;
            options.Channels.Default.HistoryTtl = TimeSpan.FromMinutes(10);
            options.Channels.Default.ForceRecovery = true;
            configure?.Invoke(options);
        });
        var application = builder.Build();
        var requests = new RequestCount(application.Services.GetRequiredService<Node>().Uid);
        application.Use(requests.CountAsync);
        application.Use(LogIn);
        application.MapParley();
        await application.StartAsync();
        return new StreamHost(application, time, requests);
    }

    /// <summary>Opens a stream; the answer is there, its body is still to come.</summary>
    public async Task<StreamClient> OpenAsync(string target, string? body = null, params (string Name, string Value)[] headers)
    {
        using var request = Request(body is null ? HttpMethod.Get : HttpMethod.Post, target, body, headers);
        var response = await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead).WaitAsync(TestSession.Patience);
        return await StreamClient.OpenAsync(response);
    }

    public async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string target, string? body = null, params (string Name, string Value)[] headers)
    {
        using var request = Request(method, target, body, headers);
        return await Client.SendAsync(request).WaitAsync(TestSession.Patience);
    }

    /// <summary>Sends a command beside a stream.</summary>
    public async Task<HttpStatusCode> EmulateAsync(string session, string node, string commands)
    {
        var body = new JsonObject { ["session"] = session, ["node"] = node, ["data"] = commands }.ToJsonString();
        using var response = await SendAsync(HttpMethod.Post, "/emulation", body);
        return response.StatusCode;
    }

    /// <summary>Moves the clock on, second by second.</summary>
    public void LetPass(int seconds)
    {
        for (; seconds > 0; seconds--)
            Time.Advance(TimeSpan.FromSeconds(1));
    }

    public Task StopAsync() => _application.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _application.EndNowAsync();
    }

    private static HttpRequestMessage Request(HttpMethod method, string target, string? body, (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, target);
        if (body is not null) request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        if (!headers.Any(static header => header.Name == UserHeader))
            headers = [.. headers, (UserHeader, "someone")];
        foreach (var (name, value) in headers)
            Assert.True(request.Headers.TryAddWithoutValidation(name, value));
        return request;
    }

    private static Task LogIn(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Headers[UserHeader] is [{ Length: > 0 } user])
        {
            context.User = new ClaimsPrincipal(new ClaimsIdentity([new Claim("sub", user)], "test"));
        }

        return next(context);
    }
}
