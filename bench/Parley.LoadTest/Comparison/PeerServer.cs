using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Parley.LoadTest.Client;
using Parley.LoadTest.Dialects;
using Parley.LoadTest.Measurement;
using Parley.LoadTest.Sockets;

namespace Parley.LoadTest.Comparison;

/// <summary>A peer that accepts connections. One that was started here is stopped on dispose, by its process id.</summary>
internal sealed class PeerServer : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process? _process;
    private readonly StringBuilder _output = new();
    private readonly DirectoryInfo? _directory;

    private PeerServer(Peer peer, DirectoryInfo root)
    {
        if (peer.Url is not null)
        {
            Target = new Target(peer.Url)
            {
                Dialect = Dialect.Find(peer.Dialect),
                Transport = peer.Transport,
                Process = peer.Pid is { } id ? new ServerProcess(id) : null,
            };
            return;
        }

        var port = FindPort();
        _directory = Directory.CreateTempSubdirectory("parley-bench-");
        _process = Process.Start(Describe(peer, root, port, _directory))!;
        _process.OutputDataReceived += Keep;
        _process.ErrorDataReceived += Keep;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        Target = new Target(new Uri($"ws://127.0.0.1:{port}{peer.Path}"))
        {
            Dialect = Dialect.Find(peer.Dialect),
            Transport = peer.Transport,
            Api = peer.Api is null ? null : new Uri($"http://127.0.0.1:{port}{peer.Api}"),
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

    public void Dispose()
    {
        if (_process is null)
            return;

        _ = Libc.Kill(_process.Id, Libc.SignalTerminate);
        if (!_process.WaitForExit(Patience))
            _process.Kill();

        _process.WaitForExit();
        _process.Dispose();
        _directory!.Delete(recursive: true);
    }

    private static ProcessStartInfo Describe(Peer peer, DirectoryInfo root, int port, DirectoryInfo directory)
    {
        if (peer.Configuration is not null)
        {
            var file = new FileInfo(Fill(peer.Configuration));
            File.WriteAllText(Path.Combine(directory.FullName, file.Name), Fill(File.ReadAllText(file.FullName)));
        }

        var command = peer.Command.Select(Fill).ToArray();
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            WorkingDirectory = directory.FullName,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in peer.Environment)
            start.Environment[name] = value;

        return start;

        string Fill(string text) => text
            .Replace("{root}", root.FullName, StringComparison.Ordinal)
            .Replace("{directory}", directory.FullName, StringComparison.Ordinal)
            .Replace("{port}", port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
    }

    private static int FindPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private void WaitUntilItAccepts()
    {
        var started = Stopwatch.GetTimestamp();
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
                if (_process is { HasExited: true } || Stopwatch.GetElapsedTime(started) > Patience)
                    throw new LoadTestException($"{Target.Url} does not accept connections ({exception.Message}). It wrote:\n{Output()}");

                Thread.Sleep(20);
            }
        }
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        lock (_output)
        {
            if (_output.Length < 10_000)
                _output.AppendLine(line.Data);
        }
    }

    private string Output()
    {
        lock (_output)
            return _output.ToString();
    }
}
