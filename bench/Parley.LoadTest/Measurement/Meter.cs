using System.Diagnostics;

namespace Parley.LoadTest.Measurement;

/// <summary>Measures what server and generator use between <see cref="Start"/> and <see cref="Stop"/>.</summary>
internal sealed class Meter(ServerProcess? server)
{
    private CpuTime _server;
    private TimeSpan _generator;
    private TimeSpan _machine;
    private long _started;

    public void Start()
    {
        _server = server?.ReadCpu() ?? default;
        _machine = Machine.ReadBusy();
        _generator = Environment.CpuUsage.TotalTime;
        _started = Stopwatch.GetTimestamp();
    }

    public Reading Stop()
    {
        var elapsed = Stopwatch.GetElapsedTime(_started);
        var serverTime = server?.ReadCpu() - _server;
        var generator = Environment.CpuUsage.TotalTime - _generator;
        var others = Machine.ReadBusy() - _machine - generator - (serverTime?.Total ?? TimeSpan.Zero);
        return new Reading(elapsed, serverTime, generator, others < TimeSpan.Zero ? TimeSpan.Zero : others);
    }
}

/// <param name="Elapsed">Time measured.</param>
/// <param name="Server">Processor time of the server; null when its process is not known.</param>
/// <param name="Generator">Processor time of this process.</param>
/// <param name="Others">Processor time of everything else on this machine: what disturbed the run.</param>
internal readonly record struct Reading(TimeSpan Elapsed, CpuTime? Server, TimeSpan Generator, TimeSpan Others);
