using System.Globalization;

namespace Parley.LoadTest.Measurement;

/// <summary>What a server holds.</summary>
internal sealed record ServerState(long ResidentKiB, long Handles, long Threads, long Sessions, long Channels, long QueuedBytes)
{
    // Of what comes and goes by itself: threads of the pool, the collector's segments.
    private const int MoreHandles = 16;
    private const int MoreThreads = 16;
    private const long MoreKiB = 16 * 1024;
    private const double MoreMemory = 1.1;

    /// <summary>What is more here than there should be after a state that was good.</summary>
    public IEnumerable<string> ExcessOver(ServerState good)
    {
        if (Sessions > 0)
            yield return $"{Sessions} sessions";
        if (Channels > 0)
            yield return $"{Channels} channels";
        if (QueuedBytes > 0)
            yield return $"{QueuedBytes} bytes in queues";
        if (Handles > good.Handles + MoreHandles)
            yield return $"{Handles} file handles, {good.Handles} before";
        if (Threads > good.Threads + MoreThreads)
            yield return $"{Threads} threads, {good.Threads} before";
        if (ResidentKiB > (good.ResidentKiB * MoreMemory) + MoreKiB)
            yield return $"{ResidentKiB / 1024} MiB of memory, {good.ResidentKiB / 1024} before";
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{ResidentKiB / 1024.0:F1} MiB, {Handles} handles, {Threads} threads, {Sessions} sessions, {Channels} channels, {QueuedBytes} B queued");

    /// <param name="metrics">Text of <c>/metrics</c>.</param>
    /// <param name="process">The server.</param>
    public static ServerState Read(string metrics, ServerProcess process) => new(
        process.ReadResidentKiB(), process.ReadHandles(), process.ReadThreads(), Gauge(metrics, "parley_sessions"), Gauge(metrics, "parley_channels"),
        Gauge(metrics, "parley_sessions_queued_bytes"));

    private static long Gauge(string metrics, string name)
    {
        foreach (var line in metrics.Split('\n'))
        {
            if (line.StartsWith(name, StringComparison.Ordinal) && line.Length > name.Length && line[name.Length] is (' ' or '{'))
                return (long)double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        }

        throw new LoadTestException($"/metrics has no {name}");
    }
}
