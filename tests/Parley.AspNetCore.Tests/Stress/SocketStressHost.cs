using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Parley.AspNetCore.Tests.Transports.WebSockets;
using Parley.AspNetCore.Transports;
using Parley.Brokers;
using Parley.Brokers.Memory;
using Parley.Nodes;
using Parley.Testing;
using TestCertificate = Parley.AspNetCore.Tests.Transports.WebSockets.TestCertificate;

namespace Parley.AspNetCore.Tests.Stress;

/// <summary>A web server with Parley as <c>AddParley</c> and <c>MapParley</c> wire it, and small buffers in the kernel.</summary>
internal sealed class SocketStressHost : IAsyncDisposable
{
    /// <summary>What may wait for one client.</summary>
    public const int MaxQueuedBytes = 16 * 1024;

    private const int SendBuffer = 16 * 1024;

    private readonly WebApplication _application;
    private readonly TestLog _log;

    private SocketStressHost(WebApplication application, TestLog log, IReadOnlyList<ChannelLedger> channels, bool useTls)
    {
        _application = application;
        _log = log;
        Channels = channels;
        UseTls = useTls;
        Endpoint = new IPEndPoint(IPAddress.Loopback, new Uri(application.Urls.Single()).Port);
        Node = application.Services.GetRequiredService<Node>();
        Publisher = application.Services.GetRequiredService<IPublisher>();
    }

    public IPEndPoint Endpoint { get; }

    public bool UseTls { get; }

    public IReadOnlyList<ChannelLedger> Channels { get; }

    /// <summary>Bytes of all that was published so far.</summary>
    public long DeliveredBytes => Channels.Sum(static channel => channel.DeliveredBytes);

    public Node Node { get; }

    public IPublisher Publisher { get; }

    public static async Task<SocketStressHost> StartAsync(HostKind kind, int seed)
    {
        var channels = StressChannels.CreateLedgers();
        var log = new TestLog();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddProvider(log);
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            if (kind is HostKind.Tls or HostKind.OwnTls)
                listen.UseHttps(TestCertificate.Localhost);
        }));
        builder.WebHost.UseSockets(static sockets => sockets.CreateBoundListenSocket = static endpoint =>
        {
            var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
            socket.SendBufferSize = SendBuffer; // accepted sockets have it too
            return socket;
        });
        if (kind is HostKind.Own or HostKind.OwnTls)
            builder.WebHost.UseParleySockets();
        builder.Services.AddSingleton<IBroker>(_ => new LedgerBroker(
            new MemoryBroker(TimeProvider.System), channels.ToDictionary(static channel => channel.Name), ReadId, new Jitter(seed)));
        builder.Services.AddParley(static options =>
        {
            options.Clients.Insecure = true;
            options.Clients.MaxQueuedBytes = MaxQueuedBytes;
            options.Clients.PingInterval = TimeSpan.FromHours(1);
            StressChannels.Configure(options.Channels);
        });
        var application = builder.Build();
        application.MapParley();
        await application.StartAsync();
        return new SocketStressHost(application, log, channels, kind is HostKind.Tls or HostKind.OwnTls);
    }

    public static byte[] CreatePayload(long id, int padding) =>
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $$"""{"id":{{id}},"p":"{{new string('x', padding)}}"}"""));

    public static long ReadId(ReadOnlySpan<byte> payload)
    {
        var digits = payload["{\"id\":".Length..];
        return long.Parse(digits[..digits.IndexOf((byte)',')], CultureInfo.InvariantCulture);
    }

    /// <summary>Waits until nothing is left of the clients, who have all gone, and nothing went wrong.</summary>
    public async Task EmptyAsync()
    {
        var limiter = _application.Services.GetRequiredService<HandshakeLimiter>();
        await Eventually.BecomesAsync(
            () => Task.FromResult($"{limiter.Connections} connections, {Node.Hub.Sessions.Count} sessions, {Node.Hub.ChannelCount} channels"),
            static answer => answer == "0 connections, 0 sessions, 0 channels");
        if (Channels.FirstOrDefault(static channel => channel.Breach is not null) is { } channel)
            throw new StressException(channel.Breach!);
        if (_log.Entries.FirstOrDefault(static entry => entry.Level >= LogLevel.Error) is { } error)
            throw new StressException(error.Text);
    }

    public async ValueTask DisposeAsync() => await _application.EndNowAsync();
}
