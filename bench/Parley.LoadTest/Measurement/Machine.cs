using System.Globalization;
using System.Runtime.InteropServices;

namespace Parley.LoadTest.Measurement;

/// <summary>The machine that everything runs on.</summary>
internal static class Machine
{
    // USER_HZ, the unit of /proc/stat and /proc/PID/stat: 100 on every architecture that .NET runs on.
    private const double TicksPerSecond = 100;

    public static TimeSpan FromTicks(string field) =>
        TimeSpan.FromSeconds(long.Parse(field, CultureInfo.InvariantCulture) / TicksPerSecond);

    /// <summary>Processor time of all processes since the start, with what a hypervisor took away.</summary>
    public static TimeSpan ReadBusy()
    {
        // "cpu  user nice system idle iowait irq softirq steal ..."
        var fields = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        int[] busy = [1, 2, 3, 6, 7, 8];
        return busy.Aggregate(TimeSpan.Zero, (sum, i) => sum + FromTicks(fields[i]));
    }

    public static string Describe()
    {
        var cpu = File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal));
        var model = cpu is null ? RuntimeInformation.ProcessArchitecture.ToString() : cpu[(cpu.IndexOf(':') + 2)..];
        var kernel = File.ReadAllText("/proc/sys/kernel/osrelease").Trim();
        return string.Create(CultureInfo.InvariantCulture, $"{model}, {Environment.ProcessorCount} cores, Linux {kernel}");
    }
}
