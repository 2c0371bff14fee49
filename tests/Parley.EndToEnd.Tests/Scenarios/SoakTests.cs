using System.Globalization;
using Parley.Testing;

namespace Parley.EndToEnd.Tests.Scenarios;

/// <summary>
/// A short one of what <c>bench/soak</c> does for an hour. It finds sessions, channels, threads and file handles that stay, publications that are lost
/// to who comes back, and clients that are closed for no reason; of memory only what 1,500 steps would make more than a tenth and 16 MiB: smaller leaks
/// are for the hour.
/// </summary>
public sealed class SoakTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    [Fact]
    public async Task Clients_that_came_and_went_leave_nothing_in_the_server()
    {
        await using var server = new ParleyServerProcess(
            """
            {
              "Clients": { "Insecure": true, "MaxQueuedBytes": 65536 },
              "Metrics": { "AllowAnonymous": true },
              "Channels": { "Namespaces": { "room": { "HistorySize": 500, "HistoryTtl": "00:10:00", "ForceRecovery": true } } }
            }
            """);
        await server.StartAsync();

        await using var load = ChildProcess.Start("dotnet",
        [
            "exec", Repository.PathOf("bench", "Parley.LoadTest", "bin", Repository.Configuration, "net10.0", "Parley.LoadTest.dll"), "soak",
            "--url", $"{server.WebSocketUrl}", "--pid", server.Process.Id.ToString(CultureInfo.InvariantCulture), "--steps", "1500", "--rate", "300", "--clients", "150",
        ]);

        Assert.True(await load.Exit.WaitAsync(Limit) == 0, load.Output);
        Assert.Contains("0 sessions, 0 channels, 0 B queued\n1500 steps", load.Output, StringComparison.Ordinal);
    }
}
