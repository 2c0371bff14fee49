using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Parley.LoadTest.Sockets;

namespace Parley.LoadTest.Comparison;

/// <summary>A peer that was started here, in an empty folder. Dispose stops it by its process id.</summary>
internal sealed class PeerProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("parley-bench-");

    public PeerProcess(Peer peer, DirectoryInfo root)
    {
        Port = FindPort();
        if (peer.Tls)
            PeerCertificate.Write(_directory);

        var start = Describe(peer, root);
        Started = Stopwatch.GetTimestamp();
        try
        {
            _process = Process.Start(start)!;
        }
        catch (Win32Exception exception)
        {
            _directory.Delete(recursive: true);
            throw new LoadTestException($"{peer.Name} cannot be started: {exception.Message}");
        }

        _process.OutputDataReceived += Keep;
        _process.ErrorDataReceived += Keep;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    /// <summary>Where it is to listen, of 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>When the system was asked to run it, as <see cref="Stopwatch"/> counts.</summary>
    public long Started { get; }

    /// <summary>What it wrote, as far as is kept.</summary>
    public string Output
    {
        get
        {
            lock (_output)
                return _output.ToString();
        }
    }

    /// <exception cref="LoadTestException">It has ended, or has had time enough to do what it does not.</exception>
    /// <param name="missing">What it does not do.</param>
    public void ThrowIfHopeless(string missing)
    {
        if (_process.HasExited || Stopwatch.GetElapsedTime(Started) > Patience)
            throw new LoadTestException($"{missing}. It wrote:\n{Output}");
    }

    public void Dispose()
    {
        _ = Libc.Kill(_process.Id, Libc.SignalTerminate);
        if (!_process.WaitForExit(Patience))
            _process.Kill();

        _process.WaitForExit();
        _process.Dispose();
        _directory.Delete(recursive: true);
    }

    private ProcessStartInfo Describe(Peer peer, DirectoryInfo root)
    {
        if (peer.Configuration is not null)
        {
            var file = new FileInfo(Fill(peer.Configuration));
            File.WriteAllText(Path.Combine(_directory.FullName, file.Name), Fill(File.ReadAllText(file.FullName)));
        }

        var command = peer.Command.Select(Fill).ToArray();
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            WorkingDirectory = _directory.FullName,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in peer.Environment)
            start.Environment[name] = value;

        return start;

        string Fill(string text) => text
            .Replace("{root}", root.FullName, StringComparison.Ordinal)
            .Replace("{directory}", _directory.FullName, StringComparison.Ordinal)
            .Replace("{port}", Port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
    }

    private static int FindPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        lock (_output)
        {
            if (_output.Length < 10_000)
                _output.AppendLine(line.Data);
        }
    }
}
