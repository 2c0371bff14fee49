using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace Parley.WebhookBench;

/// <summary>Starts a server and a receiver, measures, and writes the report.</summary>
internal sealed class Benchmark : IAsyncDisposable
{
    private const string Key = "benchmark-key-benchmark-key";
    private const string ServerUrl = "http://127.0.0.1:18088";
    private const string ReceiverUrl = "http://127.0.0.1:18089";
    private const int Callers = 64;
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(10);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parley-webhook-bench-");
    private readonly HttpClient _client = new(new SocketsHttpHandler { MaxConnectionsPerServer = Callers });
    private readonly List<Process> _processes = [];

    public static async Task<int> RunAsync(string server, string report)
    {
        await using var benchmark = new Benchmark();
        var text = await benchmark.MeasureAsync(server);
        Console.WriteLine(text);
        await File.WriteAllTextAsync(report, text);
        return 0;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }

        _client.Dispose();
        _folder.Delete(recursive: true);
    }

    private async Task<string> MeasureAsync(string server)
    {
        var commits = CommitsPerSecond();
        _client.DefaultRequestHeaders.Add("X-API-Key", Key);
        Start(["exec", server, "serve", "--urls", ServerUrl, "--Parley:DataDirectory", _folder.FullName, "--Parley:Api:Keys:0", Key,
            "--Parley:Webhooks:AllowPrivateNetworks:0", "127.0.0.1"]);
        Start(["exec", Environment.GetCommandLineArgs()[0], "receiver", ReceiverUrl]);
        await WaitAsync(ServerUrl + "/health/ready");
        await WaitAsync(ReceiverUrl + "/count");
        await NewApplicationAsync("silent", endpoints: 0);
        await NewApplicationAsync("busy", endpoints: 1);

        await AcceptAsync("silent", TimeSpan.FromSeconds(5)); // warm-up
        var (accepted, p50, p99) = await AcceptAsync("silent", Duration);
        var (delivered, cpu) = await DeliverAsync(_processes[0]);
        var raw = await RawAsync();
        var latency = await LatencyAsync();

        var lines = new StringBuilder();
        lines.AppendLine(CultureInfo.InvariantCulture, $"# Webhooks: accept and deliver\n");
        lines.AppendLine(CultureInfo.InvariantCulture, $"- Date: {DateTime.UtcNow:yyyy-MM-dd HH:mm} UTC");
        lines.AppendLine(CultureInfo.InvariantCulture, $"- Machine: {Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}; callers, server and receiver share it");
        lines.AppendLine(CultureInfo.InvariantCulture, $"- Runtime: {RuntimeInformation.FrameworkDescription}; SQLite with synchronous=FULL");
        lines.AppendLine("- Command: `bench/webhooks REPORT.md`\n");
        lines.AppendLine("| | |\n|---|---:|");
        lines.AppendLine(CultureInfo.InvariantCulture, $"| commits of one row each, one after the other | {commits:N0}/s |");
        lines.AppendLine(CultureInfo.InvariantCulture, $"| accept, {Callers} callers | {accepted:N0}/s |");
        lines.AppendLine(CultureInfo.InvariantCulture, $"| accept, p50 / p99 | {p50:0.0} / {p99:0.0} ms |");
        lines.AppendLine(CultureInfo.InvariantCulture, $"| accept and deliver, results recorded, {Callers} callers | {delivered:N0}/s |");
        lines.AppendLine(CultureInfo.InvariantCulture, $"| server CPU for it, each | {cpu:0} µs |");
        lines.AppendLine(CultureInfo.InvariantCulture, $"| HttpClient alone to the same receiver, {Callers} at once | {raw:N0}/s |");
        lines.AppendLine(CultureInfo.InvariantCulture, $"| call to the receiver's first byte at 200/s, p50 / p99 | {latency[0]:0.0} / {latency[1]:0.0} ms |");
        return lines.ToString();
    }

    /// <summary>What the disk gives: a transaction that waits for its sync, again and again.</summary>
    private double CommitsPerSecond()
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(_folder.FullName, "commits.db")};Pooling=False");
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

    private async Task<(double PerSecond, double P50, double P99)> AcceptAsync(string application, TimeSpan duration)
    {
        var latencies = new List<double>();
        var began = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(async _ =>
        {
            var own = new List<double>();
            while (Stopwatch.GetElapsedTime(began) < duration)
            {
                var sent = Stopwatch.GetTimestamp();
                await SendAsync(application);
                own.Add(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
            }

            lock (latencies)
                latencies.AddRange(own);
        }));
        return (latencies.Count / Stopwatch.GetElapsedTime(began).TotalSeconds, Percentile.Of(latencies, 0.5), Percentile.Of(latencies, 0.99));
    }

    private async Task<(double PerSecond, double Cpu)> DeliverAsync(Process server)
    {
        await AcceptAsync("busy", TimeSpan.FromSeconds(3));
        await DrainAsync();
        await ResetAsync();
        server.Refresh();
        var cpu = server.TotalProcessorTime;
        var began = Stopwatch.GetTimestamp();
        await AcceptAsync("busy", Duration);
        await DrainAsync();
        var count = await CountAsync();
        var elapsed = Stopwatch.GetElapsedTime(began);
        server.Refresh();
        return (count / elapsed.TotalSeconds, (server.TotalProcessorTime - cpu).TotalMicroseconds / count);
    }

    private async Task<double> RawAsync()
    {
        var count = 0;
        var began = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(async _ =>
        {
            while (Stopwatch.GetElapsedTime(began) < Duration)
            {
                using var content = new StringContent($$"""{"sent":{{Stopwatch.GetTimestamp()}},"customer":"Ann","amount":700}""", Encoding.UTF8, "application/json");
                using var response = await _client.PostAsync(ReceiverUrl + "/hooks", content);
                response.EnsureSuccessStatusCode();
                Interlocked.Increment(ref count);
            }
        }));
        return count / Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    private async Task<double[]> LatencyAsync()
    {
        await ResetAsync();
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        var sending = new List<Task>();
        for (var count = 0; count < 2000; count++)
        {
            await pace.WaitForNextTickAsync();
            sending.Add(SendAsync("busy"));
        }

        await Task.WhenAll(sending);
        await DrainAsync();
        return (await _client.GetFromJsonAsync<double[]>(ReceiverUrl + "/latencies"))!;
    }

    /// <summary>Until no delivery is outstanding, as the API says it.</summary>
    private async Task DrainAsync()
    {
        var last = -1;
        for (var same = 0; same < 4; await Task.Delay(250))
        {
            var count = await CountAsync();
            same = count == last ? same + 1 : 0;
            last = count;
        }
    }

    private Task<int> CountAsync() => _client.GetFromJsonAsync<int>(ReceiverUrl + "/count");

    private async Task ResetAsync()
    {
        using var response = await _client.PostAsync(ReceiverUrl + "/reset", null);
    }

    private async Task SendAsync(string application)
    {
        using var content = new StringContent(
            $$$"""{"eventType":"payment.completed","payload":{"sent":{{{Stopwatch.GetTimestamp()}}},"customer":"Ann","amount":700}}""", Encoding.UTF8, "application/json");
        using var response = await _client.PostAsync($"{ServerUrl}/api/webhooks/applications/{application}/messages", content);
        response.EnsureSuccessStatusCode();
    }

    private async Task NewApplicationAsync(string uid, int endpoints)
    {
        using var made = await _client.PutAsJsonAsync($"{ServerUrl}/api/webhooks/applications/{uid}", new { });
        made.EnsureSuccessStatusCode();
        for (var index = 0; index < endpoints; index++)
        {
            using var endpoint = await _client.PostAsJsonAsync(
                $"{ServerUrl}/api/webhooks/applications/{uid}/endpoints", new { url = ReceiverUrl + "/hooks", concurrency = 50 }, JsonSerializerOptions.Web);
            endpoint.EnsureSuccessStatusCode();
        }
    }

    private void Start(string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, WorkingDirectory = _folder.FullName };
        var process = Process.Start(start)!;
        process.BeginOutputReadLine();
        _processes.Add(process);
    }

    private async Task WaitAsync(string url)
    {
        while (true)
        {
            try
            {
                using var response = await _client.GetAsync(url);
                if (response.IsSuccessStatusCode)
                    return;
            }
            catch (HttpRequestException)
            {
                // Not yet.
            }

            await Task.Delay(100);
        }
    }
}
