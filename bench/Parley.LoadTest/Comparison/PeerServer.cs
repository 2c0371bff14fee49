using System.Net.Sockets;
using Parley.LoadTest.Client;
using Parley.LoadTest.Dialects;
using Parley.LoadTest.Measurement;

namespace Parley.LoadTest.Comparison;

/// <summary>A peer that accepts connections. One that was started here is stopped on dispose.</summary>
internal sealed class PeerServer : IDisposable
{
    private readonly PeerProcess? _process;

    private PeerServer(Peer peer, DirectoryInfo root)
    {
        // First: what throws here may not leave a process behind.
        var dialect = Dialect.Find(peer.Dialect);
        if (peer.Url is not null)
        {
            Target = new Target(peer.Url)
            {
                Dialect = dialect,
                Transport = peer.Transport,
                Process = peer.Pid is { } id ? new ServerProcess(id) : null,
            };
            return;
        }

        _process = new PeerProcess(peer, root);
        Target = new Target(new Uri($"{(peer.Tls ? "wss" : "ws")}://127.0.0.1:{_process.Port}{peer.Path}"))
        {
            Dialect = dialect,
            Transport = peer.Transport,
            Api = peer.Api is null ? null : new Uri($"{(peer.Tls ? "https" : "http")}://127.0.0.1:{_process.Port}{peer.Api}"),
            ApiKey = peer.ApiKey,
            Process = new ServerProcess(_process.Id),
        };
    }

    public Target Target { get; }

    public static PeerServer Start(Peer peer, DirectoryInfo root)
    {
        var server = new PeerServer(peer, root);
        try
        {
            server.WaitUntilItAccepts();
            return server;
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    public void Dispose() => _process?.Dispose();

    private void WaitUntilItAccepts()
    {
        while (true)
        {
            try
            {
                using var client = new TcpClient();
                client.Connect(Target.Server);
                return;
            }
            catch (SocketException exception)
            {
                var missing = $"{Target.Url} does not accept connections ({exception.Message})";
                if (_process is null)
                    throw new LoadTestException(missing);
                _process.ThrowIfHopeless(missing);
                Thread.Sleep(20);
            }
        }
    }
}
