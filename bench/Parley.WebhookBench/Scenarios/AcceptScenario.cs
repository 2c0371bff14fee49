using System.Diagnostics;
using Microsoft.Data.Sqlite;

namespace Parley.WebhookBench.Scenarios;

/// <summary>How many messages are accepted, each on disk before its answer, beside what the disk can do.</summary>
internal static class AcceptScenario
{
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(10);

    public static async Task RunAsync(string server, Figures figures)
    {
        await using var bed = await TestBed.StartAsync(server);
        figures.Add("commits of one row each, one after the other", CommitsPerSecond(bed.Folder.FullName), "/s");
        await bed.AddApplicationAsync("silent");
        await bed.CallAsync(_ => bed.SendAsync("silent"), TimeSpan.FromSeconds(6)); // warm-up
        var cpu = bed.ServerCpu();
        var accepted = await bed.CallAsync(_ => bed.SendAsync("silent"), Duration);
        figures.Add($"accept, {TestBed.Callers} callers", accepted.PerSecond, "/s");
        figures.Add("accept, p50", accepted.P50, "ms");
        figures.Add("accept, p99", accepted.P99, "ms");
        figures.Add("accept, server's CPU for each", (bed.ServerCpu() - cpu).TotalMicroseconds / accepted.Milliseconds.Count, "µs");
    }

    /// <summary>What the disk gives: a transaction that waits for its sync, again and again.</summary>
    private static double CommitsPerSecond(string folder)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(folder, "commits.db")};Pooling=False");
        connection.Open();
        Run("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT)");
        var began = Stopwatch.GetTimestamp();
        var count = 0;
        while (Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(3))
        {
            Run("INSERT INTO t (b) VALUES ('x')");
            count++;
        }

        return count / Stopwatch.GetElapsedTime(began).TotalSeconds;

        void Run(string sql)
        {
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            command.ExecuteNonQuery();
        }
    }
}
