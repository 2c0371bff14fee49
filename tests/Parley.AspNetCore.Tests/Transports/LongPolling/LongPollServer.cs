using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Parley.AspNetCore.Tests.Transports.WebSockets;
using Parley.AspNetCore.Transports;
using Parley.AspNetCore.Transports.Forwarding;
using Parley.AspNetCore.Transports.LongPolling;
using Parley.Nodes;
using Parley.Testing;
using Parley.Timing;

namespace Parley.AspNetCore.Tests.Transports.LongPolling;

/// <summary>A real Kestrel on a free loopback port with the long polling endpoint at every path, and a clock that tests turn.</summary>
internal sealed class LongPollServer : IAsyncDisposable
{
    public const string NodeId = "this-node";

    private readonly WebApplication _application;
    private readonly TimerWheel _timers;
    private readonly LongPollServerOptions _options;

    private LongPollServer(
        WebApplication application, FakeTimeProvider time, TimerWheel timers, HandshakeLimiter limiter, TestProtocol protocol, TestLog log,
        LongPollServerOptions options)
    {
        _application = application;
        _timers = timers;
        _options = options;
        Time = time;
        Limiter = limiter;
        Protocol = protocol;
        Log = log;
    }

    public FakeTimeProvider Time { get; }

    public HandshakeLimiter Limiter { get; }

    public TestProtocol Protocol { get; }

    public TestLog Log { get; }

    public Uri Address => new(_application.Urls.Single());

    public static async Task<LongPollServer> StartAsync(LongPollServerOptions? options = null)
    {
        options ??= new LongPollServerOptions();
        var log = new TestLog();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.AddProvider(log).SetMinimumLevel(LogLevel.Debug);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            options.ConfigureKestrel?.Invoke(kestrel);
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = options.Protocols);
        });
        var application = builder.Build();
        var time = new FakeTimeProvider();
        var timers = new TimerWheel(time);
        var limiter = new HandshakeLimiter(options.Clients, time, new Random(1));
        var protocol = new TestProtocol();
        var parley = Options.Create(new ParleyOptions { Clients = options.Clients });
        var sessions = new LongPollSessions();
        var endpoint = new LongPollEndpoint(
            protocol,
            NodeId,
            sessions,
            new LongPollHandler(sessions),
            new NodeForwarder(new LocalNodeBus(time), application.Lifetime),
            parley,
            new CrossOriginAccess(new OriginPolicy(options.Clients.AllowedOrigins)),
            new ConnectionGate(limiter, application.Lifetime),
            new RequestBodyReader(parley, time),
            timers,
            time,
            application.Services.GetRequiredService<ILogger<LongPollEndpoint>>());
        application.Run(context =>
        {
            options.Prepare?.Invoke(context);
            return endpoint.HandleAsync(context);
        });
        await application.StartAsync();
        return new LongPollServer(application, time, timers, limiter, protocol, log, options);
    }

    /// <summary>A client that has sent nothing.</summary>
    public LongPollClient NewClient(bool isBinary = false) => new(Address, _options.Protocols, isBinary);

    /// <summary>A client with a session, which has the echo of its opening, and the server's side of it.</summary>
    public async Task<(LongPollClient Client, TestSession Session)> OpenAsync(string body = "hello", bool isBinary = false)
    {
        var client = NewClient(isBinary);
        var answer = await client.OpenAsync(body);
        Assert.True(answer.Status == HttpStatusCode.OK, $"{answer.Status}: {answer.Text}");
        var session = await Protocol.NextAsync();
        await session.NextMessageAsync();
        return (client, session);
    }

    /// <summary>A client whose opening the protocol is still busy with.</summary>
    public async Task<(LongPollClient Client, TestSession Session)> OpenSlowAsync()
    {
        var client = NewClient();
        client.Headers["Parley-Wait"] = "0";
        await client.OpenAsync();
        client.Headers.Clear();
        return (client, await Protocol.NextAsync());
    }

    /// <summary>Completes when the server holds a poll of a session.</summary>
    public static Task HoldsAsync(TestSession session) =>
        Eventually.BecomesAsync(() => Task.FromResult(((LongPollConnection)session.Connection).IsHeld), static isHeld => isHeld);

    /// <summary>Completes when the server holds no poll of a session.</summary>
    public static Task HoldsNoneAsync(TestSession session) =>
        Eventually.BecomesAsync(() => Task.FromResult(((LongPollConnection)session.Connection).IsHeld), static isHeld => !isHeld);

    /// <summary>Says that the host is about to stop, as it does before it stops listening.</summary>
    public void AnnounceStop() => _application.Lifetime.StopApplication();

    public async ValueTask DisposeAsync()
    {
        await _application.EndNowAsync();
        _timers.Dispose();
    }
}
