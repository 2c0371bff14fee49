using System.Diagnostics;
using Microsoft.Data.Sqlite;

namespace Parley.WebhookBench.Scenarios;

/// <summary>The same with an empty store and with one that has many messages, all of them delivered; and what it costs to drop them.</summary>
internal static class StoredScenario
{
    private const int Backlog = 40_000;
    private const int PerSecond = 500;
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(8);

    /// <summary>Until the disk has what was written before.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(20);

    public static async Task RunAsync(string server, int stored, Figures figures)
    {
        await using var bed = await TestBed.StartAsync(server);
        await bed.AddApplicationAsync("silent");
        await bed.AddApplicationAsync("busy", "/hooks");
        var endpoint = (await bed.ReadAsync("applications/busy/endpoints")).GetProperty("data")[0].GetProperty("id").GetString();

        await MeasureAsync(bed, endpoint!, new Figures()); // warm-up
        var empty = new Figures();
        await MeasureAsync(bed, endpoint!, empty);
        var megabytes = bed.ServerMegabytes();

        await bed.ResetAsync();
        await bed.CallAsync(_ => bed.SendAsync("busy"), (number, _) => number >= stored);
        await bed.ArriveAsync(stored);
        await Task.Delay(Rest);
        var full = new Figures();
        await MeasureAsync(bed, endpoint!, full);
        figures.AddCompared("few stored", empty, $"{stored:N0} stored", full);
        figures.Add("memory of the server, few stored", megabytes, "MB");
        figures.Add($"memory of the server, {stored:N0} stored", bed.ServerMegabytes(), "MB");
        figures.Add($"files, {stored:N0} stored", bed.FileMegabytes(), "MB");

        await DropAsync(bed, figures);
    }

    private static async Task MeasureAsync(TestBed bed, string endpoint, Figures figures)
    {
        var accepted = await bed.CallAsync(_ => bed.SendAsync("silent"), Duration);
        figures.Add("accept, CPU and disk of all for each", 1_000_000 / accepted.PerSecond, "µs");
        figures.Add("accept, p99", accepted.P99, "ms");

        await bed.ResetAsync();
        var began = Stopwatch.GetTimestamp();
        await bed.CallAsync(_ => bed.SendAsync("busy"), static (number, _) => number >= Backlog);
        await bed.ArriveAsync(Backlog);
        figures.Add("accept and deliver, each", Stopwatch.GetElapsedTime(began).TotalMicroseconds / Backlog, "µs");

        await ListAsync("messages, newest 100", "applications/busy/messages?limit=100");
        await ListAsync("deliveries of an endpoint, newest 100", $"applications/busy/endpoints/{endpoint}/deliveries?limit=100");
        await ListAsync("failed deliveries of an endpoint", $"applications/busy/endpoints/{endpoint}/deliveries?limit=100&state=failed");

        async Task ListAsync(string name, string path)
        {
            var times = new List<double>();
            for (var count = 0; count < 200; count++)
            {
                var called = Stopwatch.GetTimestamp();
                await bed.GetAsync(path);
                times.Add(Stopwatch.GetElapsedTime(called).TotalMilliseconds);
            }

            figures.Add($"list {name}, p50", Percentile.Of(times, 0.5), "ms");
        }
    }

    /// <summary>Makes all of them old, and looks at what accepts take while they are dropped.</summary>
    private static async Task DropAsync(TestBed bed, Figures figures)
    {
        await bed.StopServerAsync();
        var file = Path.Combine(bed.Folder.FullName, "webhooks.db");
        Query(file, "UPDATE messages SET accepted_at = accepted_at - 7200000");
        var last = Query(file, "SELECT max(number) FROM messages");
        var old = Left();
        await bed.StartServerAsync("--Parley:Webhooks:Retention", "01:00:00");
        await bed.CallAsync(_ => bed.SendAsync("silent"), TimeSpan.FromSeconds(3)); // warm-up
        var before = await TestBed.PaceAsync(_ => bed.SendAsync("silent"), PerSecond, static elapsed => elapsed > TimeSpan.FromSeconds(20));

        // Retention begins a minute after the start.
        while (Left() == old)
            await Task.Delay(100);
        var (began, next) = (Stopwatch.GetTimestamp(), TimeSpan.Zero);
        var during = await TestBed.PaceAsync(_ => bed.SendAsync("silent"), PerSecond, elapsed =>
        {
            if (elapsed < next)
                return false;
            next = elapsed + TimeSpan.FromSeconds(0.5);
            return Left() <= 0;
        });
        figures.Add($"accept at {PerSecond}/s before old ones are dropped, p99", before.P99, "ms");
        figures.Add($"accept at {PerSecond}/s while {old:N0} old ones are dropped, p99", during.P99, "ms");
        figures.Add($"accept at {PerSecond}/s while {old:N0} old ones are dropped, longest", during.Most, "ms");
        figures.Add("dropped", old / Stopwatch.GetElapsedTime(began).TotalSeconds, "messages/s");

        // The oldest go first.
        long Left() => last - Query(file, "SELECT min(number) FROM messages") + 1;
    }

    private static long Query(string file, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar() as long? ?? 0;
    }
}
