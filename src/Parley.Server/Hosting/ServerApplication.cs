using System.Security.Authentication;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;
using Parley.AspNetCore;
using Parley.AspNetCore.Authentication;
using Parley.Server.Configuration;
using Parley.Server.DevPage;
using Parley.Server.Metrics;
using Parley.Sessions;
using Parley.Webhooks;

namespace Parley.Server.Hosting;

/// <summary>Puts the application together: the library does everything, the settings say how.</summary>
internal static class ServerApplication
{
    private const int ConnectionBacklog = 4096;

    private static readonly string[] InlineMethods = ["publish", "broadcast", "batch"];

    /// <summary>What needs no settings, so that it can be made while they are read.</summary>
    public static WebApplicationBuilder CreateBuilder(bool isDevelopment) => WebApplication.CreateEmptyBuilder(new()
    {
        // The empty builder reads no configuration of its own and trusts no forwarded headers.
        ApplicationName = typeof(ServerApplication).Assembly.GetName().Name,
        EnvironmentName = isDevelopment ? Environments.Development : Environments.Production,
    });

    public static WebApplication Build(ServerSettings settings) => Build(CreateBuilder(settings.Sources.IsDevelopment), settings);

    public static WebApplication Build(WebApplicationBuilder builder, ServerSettings settings)
    {
        builder.Configuration.AddConfiguration(settings.Sources.Root);
        AddWebServer(builder, settings.Parley.Clients);
        if (settings.Server.OwnSockets)
            builder.WebHost.UseParleySockets(sockets => Configure(sockets, settings.Server));
        AddLogging(builder);
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = settings.Server.ShutdownTimeout);
        builder.Services.AddRouting();
        builder.Services.AddSingleton<StartReport>();
        builder.Services.AddHostedService<IdleMemory>();
        var parley = builder.Services.AddParley(settings.CopyTo);
        var hasWebhooks = settings.Server.Webhooks.Storage != ServerWebhookOptions.None;
        if (hasWebhooks)
            AddWebhooks(parley, settings);

        if (settings.Server.Metrics.Enabled)
            builder.Services.AddMetricsExport();
        if (settings.Sources.IsDevelopment)
            builder.Services.AddDevPage();

        var app = builder.Build();
        if (hasWebhooks)
            MakeOnAnotherThread<IWebhooks>(app.Services);

        app.UseReverseProxies(settings.Server.Proxies);
        if (settings.Sources.IsDevelopment)
            app.UseLoopbackHostOnly();

        app.MapHealth();
        if (settings.Server.Metrics.Enabled)
            app.MapMetrics(new MetricsAccess(settings));
        app.MapParley();
        app.MapParleyApi();
        app.MapParleyOpenApi();
        if (hasWebhooks)
        {
            app.MapParleyWebhooks();
            app.MapParleyWebhookKeys();
            app.MapWebhookHealth();
        }

        if (settings.Sources.IsDevelopment)
            MapDevPage(app, settings);
        else
            app.MapGet("/", GreetAsync);

        return app;
    }

    private static void AddWebhooks(IParleyBuilder parley, ServerSettings settings)
    {
        var webhooks = parley.AddWebhooks(settings.CopyTo);
        var protection = parley.Services.AddDataProtection().SetApplicationName("Parley");
        if (settings.Server.Webhooks.Storage is ServerWebhookOptions.PostgreSqlStorage)
        {
            webhooks.UsePostgreSql(settings.CopyTo);
            return;
        }

        var folder = Path.GetFullPath(settings.Server.DataDirectory);
        webhooks.UseSqlite(Path.Combine(folder, "webhooks.db"));
        // Beside the file whose secrets they open: a backup needs both.
        protection.PersistKeysToFileSystem(OwnFolder(Path.Combine(folder, "webhook-keys")));
    }

    /// <summary>Begins to make a service that will be asked for. An exception comes again, to whoever asks.</summary>
    private static void MakeOnAnotherThread<T>(IServiceProvider services)
        where T : class => Task.Run(() => services.GetService<T>());

    private static DirectoryInfo OwnFolder(string path)
    {
        try
        {
            return OperatingSystem.IsWindows()
                ? Directory.CreateDirectory(path)
                : Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The store is beside it, and says at the start what is wrong with the folder.
            return new DirectoryInfo(path);
        }
    }

    private static void AddWebServer(WebApplicationBuilder builder, ClientOptions clients)
    {
        if (UsesHttp3(builder.Configuration.GetSection("Kestrel")))
            builder.WebHost.UseKestrel();
        else
            builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration(); // the same without QUIC, whose library takes time to look for
        builder.WebHost
            .ConfigureKestrel((context, kestrel) =>
            {
                kestrel.AddServerHeader = false;
                // Streams of one direction over HTTP/2 show in no other way that their client is gone.
                kestrel.Limits.Http2.KeepAlivePingDelay = AtLeastASecond(clients.PingInterval);
                kestrel.Limits.Http2.KeepAlivePingTimeout = AtLeastASecond(clients.PongTimeout);
                kestrel.ConfigureHttpsDefaults(static https => https.SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13);
                kestrel.Configure(context.Configuration.GetSection("Kestrel"));
            })
            // After a restart thousands of clients come back within a second; the default of 512 makes them wait for SYN retries.
            .UseSockets(static sockets => sockets.Backlog = ConnectionBacklog);
    }

    private static bool UsesHttp3(IConfigurationSection kestrel) =>
        kestrel.GetSection("Endpoints").GetChildren().Append(kestrel.GetSection("EndpointDefaults"))
            .Any(static endpoint => Enum.TryParse<HttpProtocols>(endpoint["Protocols"], ignoreCase: true, out var protocols) && protocols.HasFlag(HttpProtocols.Http3));

    private static Task GreetAsync(HttpContext context)
    {
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync("Parley: real-time messages from servers to browsers, phones and services.\n");
    }

    private static void Configure(ParleySocketOptions sockets, ServerOptions server)
    {
        sockets.UseIoUring = server.IoUring;
        // Nothing of the server that runs for them blocks its thread.
        foreach (var method in InlineMethods)
            sockets.InlinePaths.Add($"/api/{method}");
    }

    /// <summary>Kestrel takes no less.</summary>
    private static TimeSpan AtLeastASecond(TimeSpan time) => time < TimeSpan.FromSeconds(1) ? TimeSpan.FromSeconds(1) : time;

    private static void AddLogging(WebApplicationBuilder builder)
    {
        // The threads that wait for sockets log too, and must not wait for whoever reads the console. The configuration may say otherwise.
        builder.Services.Configure<ConsoleLoggerOptions>(static console => console.QueueFullMode = ConsoleLoggerQueueFullMode.DropWrite);
        builder.Logging.AddConfiguration(builder.Configuration.GetSection("Logging")).AddConsole();
        builder.Services.AddSingleton<QuietStart>();
        builder.Services.AddSingleton<IPostConfigureOptions<LoggerFilterOptions>>(static services => services.GetRequiredService<QuietStart>());
    }

    private static void MapDevPage(WebApplication app, ServerSettings settings)
    {
        var apiKey = settings.Parley.Api.Insecure ? null : settings.Parley.Api.Keys.FirstOrDefault();
        app.MapDevPage(new DevPageContext(ProductVersion.Text, apiKey, app.Services.GetRequiredService<TokenIssuer>()));
    }
}
