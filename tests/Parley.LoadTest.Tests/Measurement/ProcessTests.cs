using System.Diagnostics;
using System.Globalization;
using Parley.LoadTest.Measurement;

namespace Parley.LoadTest.Tests.Measurement;

public sealed class ProcessTests
{
    [Fact]
    public void The_kernels_figures_are_those_of_the_platform()
    {
        using var current = Process.GetCurrentProcess();
        var server = new ServerProcess(current.Id);

        var before = current.TotalProcessorTime;
        var cpu = server.ReadCpu();
        current.Refresh();

        // Ticks of 10 ms, rounded down for user and system time each.
        Assert.InRange(cpu.Total, before - TimeSpan.FromMilliseconds(20), current.TotalProcessorTime);
        Assert.InRange(server.ReadResidentKiB() * 1024.0, current.WorkingSet64 * 0.5, current.WorkingSet64 * 2.0);
    }

    [Fact]
    public void What_a_server_started_counts_too()
    {
        // The child tells its id, waits for a line, and counts until then.
        using var server = Process.Start(new ProcessStartInfo("sh", ["-c", "sh -c 'echo $$; read line'; true"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        var child = int.Parse(server.StandardOutput.ReadLine()!, CultureInfo.InvariantCulture);

        Assert.Equal([server.Id, child], ProcessTree.Find(server.Id));
        Assert.True(new ServerProcess(server.Id).ReadResidentKiB() > 0);

        server.StandardInput.Close();
        server.WaitForExit();
    }

    [Fact]
    public void A_process_that_is_gone_ends_the_run()
    {
        var server = new ServerProcess(int.MaxValue);

        Assert.Throws<LoadTestException>(() => server.ReadCpu());
    }
}
