using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Parley.AspNetCore.Transports;
using Parley.AspNetCore.Transports.WebSockets;
using Parley.Testing;
using Parley.Timing;

namespace Parley.AspNetCore.Tests.Transports.WebSockets;

/// <summary>A real Kestrel on a free loopback port with the WebSocket endpoint at every path.</summary>
internal sealed class WebSocketServer : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly TimerWheel _timers;
    private bool _useTls;
    private bool _usesSocket;
    private bool _outlivesRequest;
    private readonly TaskCompletionSource _requestEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private WebSocketServer(WebApplication application, TimerWheel timers, TestProtocol protocol, HandshakeLimiter limiter, TestLog log)
    {
        _application = application;
        _timers = timers;
        Protocol = protocol;
        Limiter = limiter;
        Log = log;
    }

    public TestProtocol Protocol { get; }

    public HandshakeLimiter Limiter { get; }

    public TestLog Log { get; }

    /// <summary>Completes when the host has got its first request back, and the server is done with the connection that came of it.</summary>
    public Task RequestEnded => _outlivesRequest ? WhenServedAsync() : _requestEnded.Task.WaitAsync(TestSession.Patience);

    public IPEndPoint Endpoint { get; private set; } = new(IPAddress.Loopback, 0);

    public static async Task<WebSocketServer> StartAsync(HostKind kind, WebSocketServerOptions? settings = null)
    {
        settings ??= new WebSocketServerOptions();
        var server = await StartAsync(kind switch
        {
            HostKind.Tls => settings with { Certificate = TestCertificate.Localhost },
            HostKind.Stream => settings with { Replace = HiddenTransport.Hide },
            HostKind.Own => settings with { HasOwnSockets = true },
            HostKind.IoUring => settings with { HasOwnSockets = true, MinSendsTogether = 1 },
            HostKind.OwnTls => settings with { HasOwnSockets = true, MinSendsTogether = 1, Certificate = TestCertificate.Localhost },
            _ => settings,
        });
        server._usesSocket = kind == HostKind.Socket;
        server._outlivesRequest = kind is HostKind.Own or HostKind.IoUring;
        return server;
    }

    public static async Task<WebSocketServer> StartAsync(WebSocketServerOptions? settings = null)
    {
        settings ??= new WebSocketServerOptions();
        var time = settings.Time ?? TimeProvider.System;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        var log = new TestLog();
        builder.Logging.AddProvider(log).SetMinimumLevel(LogLevel.Debug);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            settings.ConfigureKestrel?.Invoke(kestrel);
            kestrel.Listen(IPAddress.Loopback, 0, listen =>
            {
                listen.Protocols = settings.Protocols;
                settings.ConfigureListen?.Invoke(listen);
                if (settings.Certificate is { } certificate) listen.UseHttps(certificate);
            });
        });
        if (settings.SendBuffer is { } size)
        {
            builder.WebHost.UseSockets(sockets => sockets.CreateBoundListenSocket = endpoint =>
            {
                var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
                socket.SendBufferSize = size; // accepted sockets have it too
                return socket;
            });
        }

        if (settings.HasOwnSockets)
        {
            builder.WebHost.UseParleySockets(sockets =>
            {
                sockets.UseIoUring = settings.MinSendsTogether is not null;
                sockets.MinSendsTogether = settings.MinSendsTogether ?? 0;
            });
        }

        if (settings.Certificate is not null) builder.WebHost.UseKestrelHttpsConfiguration();

        var application = builder.Build();
        var timers = new TimerWheel(time, TimeSpan.FromMilliseconds(50));
        var protocol = new TestProtocol();
        var options = new ParleyOptions { Clients = settings.Clients };
        var limiter = new HandshakeLimiter(options.Clients, time, new Random(1));
        var endpoint = new WebSocketEndpoint(
            protocol,
            Options.Create(options),
            new OriginPolicy(options.Clients.AllowedOrigins),
            new ConnectionGate(limiter, application.Lifetime),
            timers,
            application.Services.GetRequiredService<ILogger<WebSocketEndpoint>>(),
            settings.Pool);
        var server = new WebSocketServer(application, timers, protocol, limiter, log) { _useTls = settings.Certificate is not null };
        application.Run(async context =>
        {
            settings.Prepare?.Invoke(context);
            try
            {
                await endpoint.HandleAsync(settings.Replace?.Invoke(context) ?? context);
            }
            finally
            {
                server._requestEnded.TrySetResult();
            }
        });
        await application.StartAsync();
        var addresses = application.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>();
        server.Endpoint = new IPEndPoint(IPAddress.Loopback, new Uri(addresses.Addresses.Single()).Port);
        return server;
    }

    /// <summary>A client that has shaken hands, and the server's side of it.</summary>
    public async Task<(RawWebSocketClient Client, TestSession Session)> ConnectAsync(
        string target = "/", int? receiveBuffer = null)
    {
        var client = await RawWebSocketClient.ConnectAsync(Endpoint, target, _useTls, receiveBuffer);
        var session = await Protocol.NextAsync();
        if (_usesSocket)
        {
            await client.SendAsync(new RawWebSocketFrame(RawWebSocketFrame.PongFrame, []));
            await session.Pong;
        }

        return (client, session);
    }

    /// <summary>Says that the host is about to stop, as it does before it stops listening.</summary>
    public void AnnounceStop() => _application.Lifetime.StopApplication();

    /// <summary>Stops the host, which waits for the connections.</summary>
    public Task StopAsync() => _application.StopAsync().WaitAsync(TestSession.Patience);

    private async Task WhenServedAsync()
    {
        await _requestEnded.Task.WaitAsync(TestSession.Patience);
        await Eventually.BecomesAsync(() => Task.FromResult(Limiter.Connections), static connections => connections == 0);
    }

    public async ValueTask DisposeAsync()
    {
        await _application.EndNowAsync();
        _timers.Dispose();
    }
}
