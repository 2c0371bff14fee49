using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Parley.LoadTest.Comparison;
using Parley.LoadTest.Measurement;

namespace Parley.LoadTest.Start;

/// <summary>One start of a server, with an empty data directory.</summary>
/// <param name="Ready">From the call that runs the program to the answer of <c>/health/ready</c>, in ms.</param>
/// <param name="Cpu">Processor time until then, in ms, to 10 ms.</param>
/// <param name="Resident">Resident memory of the server that nobody uses, after a while, in MiB.</param>
internal readonly record struct ServerStart(double Ready, double Cpu, double Resident)
{
    private const double KiBPerMiB = 1024;

    // To look without a pause would take what the server needs on a machine with few cores.
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(30);
    private static readonly byte[] Request = Encoding.ASCII.GetBytes("GET /health/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    private static readonly byte[] Success = Encoding.ASCII.GetBytes("HTTP/1.1 200 ");

    /// <param name="peer">What is started.</param>
    /// <param name="root">The repository.</param>
    /// <param name="settle">Time from ready to the look at its memory.</param>
    /// <exception cref="LoadTestException">It does not become ready.</exception>
    public static ServerStart Measure(Peer peer, DirectoryInfo root, TimeSpan settle)
    {
        using var process = new PeerProcess(peer, root);
        var server = new ServerProcess(process.Id);
        while (!IsReady(process.Port))
        {
            process.ThrowIfHopeless($"{peer.Name} does not become ready");
            Thread.Sleep(BetweenLooks);
        }

        var ready = Stopwatch.GetElapsedTime(process.Started);
        var cpu = server.ReadCpu().Total;
        Thread.Sleep(settle); // the time over which it is left alone is what is measured
        return new ServerStart(ready.TotalMilliseconds, cpu.TotalMilliseconds, server.ReadResidentKiB() / KiBPerMiB);
    }

    private static bool IsReady(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
        {
            ReceiveTimeout = (int)LongestAnswer.TotalMilliseconds,
        };
        try
        {
            socket.Connect(IPAddress.Loopback, port);
            socket.Send(Request);
            var answer = new byte[Success.Length];
            for (var read = 0; read < answer.Length;)
            {
                var count = socket.Receive(answer.AsSpan(read));
                if (count == 0)
                    return false;
                read += count;
            }

            return answer.AsSpan().SequenceEqual(Success);
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
