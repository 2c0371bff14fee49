using System.Net;
using System.Net.Sockets;
using Parley.EndToEnd.Tests.Clients;
using Parley.Testing;

namespace Parley.EndToEnd.Tests.Proxies;

/// <summary>A real proxy: it runs on the configuration in <c>deploy</c>, with other ports, files and time-outs.</summary>
/// <param name="sdk">Trusts the certificate.</param>
public abstract class ReverseProxy(SdkHost sdk) : IAsyncDisposable
{
    /// <summary>How long connections may be silent, in place of what the configuration says.</summary>
    public static readonly TimeSpan IdleTimeout = TimeSpan.FromSeconds(5);

    private const int Attempts = 5;

    private readonly string _folder = Directory.CreateTempSubdirectory("parley-proxy-").FullName;
    private ChildProcess? _process;

    /// <summary>Where clients connect, with TLS.</summary>
    public Uri Address { get; private set; } = new("https://127.0.0.1");

    /// <summary>Where clients arrive that forgot TLS.</summary>
    public Uri PlainAddress { get; private set; } = new("http://127.0.0.1");

    /// <summary>Starts the proxy; done when it listens.</summary>
    /// <param name="server">What stands behind it.</param>
    public async Task StartAsync(IPEndPoint server)
    {
        for (var attempt = 1; ; attempt++)
        {
            var (plain, secure) = (FreePort(), FreePort());
            var setup = new ProxySetup(server, plain, secure, sdk.Certificate, _folder);
            _process = Start(setup);
            if (await IsListeningAsync(_process, secure))
            {
                Address = new Uri($"https://{secure}");
                PlainAddress = new Uri($"http://{plain}");
                return;
            }

            // Another process may have taken a port in the meantime.
            if (attempt == Attempts)
                throw new InvalidOperationException(_process.Describe("did not start"));
            await _process.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_process is not null)
            await _process.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Starts the proxy, in one process and in the foreground.</summary>
    private protected abstract ChildProcess Start(ProxySetup setup);

    private static IPEndPoint FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return (IPEndPoint)socket.LocalEndPoint!;
    }

    /// <summary>Waits until the proxy listens or has ended.</summary>
    private static async Task<bool> IsListeningAsync(ChildProcess process, IPEndPoint endpoint)
    {
        await Eventually.BecomesAsync(async () => process.Exit.IsCompleted || await IsOpenAsync(endpoint), static isDone => isDone);
        return !process.Exit.IsCompleted;
    }

    private static async Task<bool> IsOpenAsync(IPEndPoint endpoint)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(endpoint);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
