using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Parley.AspNetCore;
using Parley.Channels;
using Parley.Testing;

namespace Parley.Client.Tests.Servers;

/// <summary>An application with Parley in it, on a free loopback port, and channels for every test.</summary>
public class ClientServer : IAsyncLifetime
{
    private const string Secret = "a secret of the tests that is long enough for HS256";

    private readonly Action<ParleyOptions>? _configure;
    private readonly RequestDelegate? _before;
    private WebApplication? _application;

    public ClientServer()
    {
    }

    /// <param name="configure">Changes the options.</param>
    /// <param name="before">Sees each request first; one that it answers goes no further.</param>
    private ClientServer(Action<ParleyOptions>? configure, RequestDelegate? before) => (_configure, _before) = (configure, before);

    public Uri Address { get; private set; } = null!;

    public IPEndPoint Endpoint => new(IPAddress.Loopback, Address.Port);

    public IParley Parley => _application!.Services.GetRequiredService<IParley>();

    public TestTokens Tokens { get; } = new(Secret);

    public static async Task<ClientServer> StartAsync(Action<ParleyOptions>? configure = null, RequestDelegate? before = null)
    {
        var server = new ClientServer(configure, before);
        await server.InitializeAsync();
        return server;
    }

    /// <summary>A channel of its own, so that tests do not meet.</summary>
    public static string NewChannel(string? prefix = null) => $"{prefix}{(prefix is null ? "" : ":")}{Guid.NewGuid():N}";

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddParley(options =>
        {
            options.Clients.AllowAnonymous = true;
            options.Tokens.HmacSecret = Secret;
            Configure(options.Channels);
            _configure?.Invoke(options);
        });
        _application = builder.Build();
        if (_before is not null)
        {
            _application.Use(async (context, next) =>
            {
                await _before(context);
                if (!context.Response.HasStarted && context.Response.StatusCode == StatusCodes.Status200OK) await next();
            });
        }

        _application.UseRouting(); // after the above, which would else come behind it
        _application.MapParley();
        await _application.StartAsync();
        Address = new Uri(_application.Urls.Single());
    }

    /// <summary>Publishes a value, which is written as JSON, as the application.</summary>
    public async Task PublishAsync(string channel, object value) =>
        await Parley.PublishAsync(channel, JsonSerializer.SerializeToUtf8Bytes(value));

    /// <summary>A client that talks as the test wants.</summary>
    /// <param name="way">Of talking.</param>
    /// <param name="configure">Changes the options.</param>
    /// <param name="at">In place of the server's own address.</param>
    public ParleyClient NewClient(Way way, Action<ParleyClientOptions>? configure = null, IPEndPoint? at = null) =>
        TestClients.New(way, at is null ? Address : new Uri($"http://{at}"), configure);

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_application is null) return;
        await _application.EndNowAsync();
    }

    private static void Configure(ChannelsOptions channels)
    {
        channels.Default.AllowSubscribe = channels.Default.AllowAnonymousSubscribe = true;
        channels.Namespaces["chat"] = new ChannelOptions
        {
            AllowSubscribe = true,
            AllowAnonymousSubscribe = true,
            AllowPublishForSubscriber = true,
            AllowPresence = true,
            AllowHistory = true,
            Presence = true,
            JoinLeave = true,
            HistorySize = 100,
            HistoryTtl = TimeSpan.FromMinutes(10),
        };
        channels.Namespaces["kept"] = Kept(size: 1000);
        channels.Namespaces["short"] = Kept(size: 5);
        channels.Namespaces["given"] = new ChannelOptions
        {
            ForceRecovery = true,
            HistorySize = 10,
            HistoryTtl = TimeSpan.FromMinutes(10),
        };
        channels.Namespaces["closed"] = new ChannelOptions();
    }

    private static ChannelOptions Kept(int size) => new()
    {
        AllowSubscribe = true,
        AllowAnonymousSubscribe = true,
        AllowHistory = true,
        ForceRecovery = true,
        HistorySize = size,
        HistoryTtl = TimeSpan.FromMinutes(10),
    };
}
