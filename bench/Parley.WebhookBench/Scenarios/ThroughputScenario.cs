using System.Diagnostics;
using Microsoft.Data.Sqlite;

namespace Parley.WebhookBench.Scenarios;

/// <summary>How many messages are accepted and delivered, beside what the disk and the HTTP client can do; and how long one is on its way.</summary>
internal static class ThroughputScenario
{
    private const int Endpoints = 8;
    private const int Backlog = 60_000;
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(10);

    public static async Task RunAsync(string server, Figures figures)
    {
        await using var bed = await TestBed.StartAsync(server);
        figures.Add("commits of one row each, one after the other", CommitsPerSecond(bed.Folder.FullName), "/s");
        await bed.AddApplicationAsync("silent");
        for (var index = 0; index < Endpoints; index++)
            await bed.AddApplicationAsync($"busy-{index}", "/hooks");

        await bed.CallAsync(_ => bed.SendAsync("silent"), TimeSpan.FromSeconds(5)); // warm-up
        await bed.CallAsync(_ => bed.PostAsync(), TimeSpan.FromSeconds(3));
        var (began, cpu) = (Stopwatch.GetTimestamp(), bed.ServerCpu());
        var accepted = await bed.CallAsync(_ => bed.SendAsync("silent"), Duration);
        figures.Add($"accept, {TestBed.Callers} callers", accepted.PerSecond, "/s");
        figures.Add("accept, p50", accepted.P50, "ms");
        figures.Add("accept, p99", accepted.P99, "ms");
        figures.Add("accept, server's CPU for each", (bed.ServerCpu() - cpu).TotalMicroseconds / accepted.Milliseconds.Count, "µs");

        await bed.CallAsync(number => bed.SendAsync(Busy(number)), TimeSpan.FromSeconds(3)); // warm-up
        await DrainAsync(bed);
        await bed.ResetAsync();
        (began, cpu) = (Stopwatch.GetTimestamp(), bed.ServerCpu());
        var sent = await bed.CallAsync(number => bed.SendAsync(Busy(number)), Duration);
        await bed.ArriveAsync(sent.Milliseconds.Count);
        figures.Add("accept and deliver at the same time", sent.Milliseconds.Count / Stopwatch.GetElapsedTime(began).TotalSeconds, "/s");
        await DrainAsync(bed);
        figures.Add("accept and deliver, server's CPU for each", (bed.ServerCpu() - cpu).TotalMicroseconds / sent.Milliseconds.Count, "µs");

        var deliverAt = DateTimeOffset.UtcNow.AddSeconds(12);
        await bed.CallAsync(number => bed.SendAsync(Busy(number), deliverAt), (number, _) => number >= Backlog);
        await bed.ResetAsync();
        while (await bed.CountAsync() == 0)
            await Task.Delay(5);
        (began, cpu) = (Stopwatch.GetTimestamp(), bed.ServerCpu());
        await bed.ArriveAsync(Backlog);
        var delivered = Backlog / Stopwatch.GetElapsedTime(began).TotalSeconds;
        await DrainAsync(bed);
        figures.Add($"deliver alone, results recorded, {Endpoints} endpoints", delivered, "/s");
        figures.Add("deliver alone, server's CPU for each", (bed.ServerCpu() - cpu).TotalMicroseconds / Backlog, "µs");

        var raw = await bed.CallAsync(_ => bed.PostAsync(), Duration);
        figures.Add($"HttpClient alone to the same receiver, {TestBed.Callers} at once", raw.PerSecond, "/s");
        figures.Add("deliver alone, share of HttpClient alone", delivered / raw.PerSecond * 100, "%");

        await bed.ResetAsync();
        await TestBed.PaceAsync(number => bed.SendAsync(Busy(number)), 200, static elapsed => elapsed > Duration);
        await DrainAsync(bed);
        var latencies = await bed.LatenciesAsync();
        figures.Add("call to the receiver's first byte at 200/s, p50", latencies[0], "ms");
        figures.Add("call to the receiver's first byte at 200/s, p99", latencies[1], "ms");
    }

    private static string Busy(int number) => $"busy-{number % Endpoints}";

    /// <summary>Until nothing arrives any more, and the results are recorded.</summary>
    private static async Task DrainAsync(TestBed bed)
    {
        var last = -1;
        for (var same = 0; same < 4; await Task.Delay(250))
        {
            var count = await bed.CountAsync();
            same = count == last ? same + 1 : 0;
            last = count;
        }
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
