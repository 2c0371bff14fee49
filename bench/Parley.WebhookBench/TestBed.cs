using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Parley.WebhookBench;

/// <summary>A server and a receiver, each a process of its own, and the calls to them.</summary>
internal sealed class TestBed : IAsyncDisposable
{
    public const int Callers = 64;
    public const string ReceiverUrl = "http://127.0.0.1:18089";
    private const string Key = "benchmark-key-benchmark-key";
    private const string ServerUrl = "http://127.0.0.1:18088";

    private readonly string _server;
    private readonly HttpClient _client = new(new SocketsHttpHandler { MaxConnectionsPerServer = Callers });
    private Process? _serverProcess;
    private Process? _receiver;

    private TestBed(string server)
    {
        _server = server;
        _client.DefaultRequestHeaders.Add("X-API-Key", Key);
    }

    public DirectoryInfo Folder { get; } = Directory.CreateTempSubdirectory("parley-webhook-bench-");

    public static async Task<TestBed> StartAsync(string server)
    {
        var bed = new TestBed(server);
        bed._receiver = bed.Start(["exec", Environment.GetCommandLineArgs()[0], "receiver", ReceiverUrl]);
        await bed.WaitAsync(bed._receiver, ReceiverUrl + "/count");
        await bed.StartServerAsync();
        return bed;
    }

    public async ValueTask DisposeAsync()
    {
        await StopServerAsync();
        await StopAsync(_receiver);
        _client.Dispose();
        Folder.Delete(recursive: true);
    }

    public async Task StartServerAsync(params string[] options)
    {
        _serverProcess = Start(["exec", _server, "serve", "--urls", ServerUrl, "--Parley:DataDirectory", Folder.FullName, "--Parley:Api:Keys:0", Key,
            "--Parley:Webhooks:AllowPrivateNetworks:0", "127.0.0.1", .. options]);
        await WaitAsync(_serverProcess, ServerUrl + "/health/ready");
    }

    public async Task StopServerAsync()
    {
        await StopAsync(_serverProcess);
        _serverProcess = null;
    }

    public TimeSpan ServerCpu()
    {
        _serverProcess!.Refresh();
        return _serverProcess.TotalProcessorTime;
    }

    public double ServerMegabytes()
    {
        _serverProcess!.Refresh();
        return _serverProcess.WorkingSet64 / 1048576.0;
    }

    public double FileMegabytes() => Folder.EnumerateFiles("webhooks.db*").Sum(static file => file.Length) / 1048576.0;

    public async Task AddApplicationAsync(string uid, params string[] paths)
    {
        using var made = await _client.PutAsJsonAsync($"{ServerUrl}/api/webhooks/applications/{uid}", new { });
        made.EnsureSuccessStatusCode();
        foreach (var path in paths)
        {
            using var endpoint = await _client.PostAsJsonAsync(
                $"{ServerUrl}/api/webhooks/applications/{uid}/endpoints", new { url = ReceiverUrl + path, concurrency = 50 }, JsonSerializerOptions.Web);
            endpoint.EnsureSuccessStatusCode();
        }
    }

    /// <summary>Sends one message; the receiver knows from its payload when that was.</summary>
    public async Task SendAsync(string application, DateTimeOffset? deliverAt = null)
    {
        var later = deliverAt is { } time ? $"\"deliverAt\":\"{time:O}\"," : "";
        using var content = new StringContent(
            $$$"""{"eventType":"payment.completed",{{{later}}}"payload":{"sent":{{{Stopwatch.GetTimestamp()}}},"customer":"Ann","amount":700}}""",
            Encoding.UTF8, "application/json");
        using var response = await _client.PostAsync($"{ServerUrl}/api/webhooks/applications/{application}/messages", content);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>Posts what a delivery has to the receiver itself.</summary>
    public async Task PostAsync()
    {
        using var content = new StringContent(
            $$"""{"sent":{{Stopwatch.GetTimestamp()}},"customer":"Ann","amount":700}""", Encoding.UTF8, "application/json");
        using var response = await _client.PostAsync(ReceiverUrl + "/hooks", content);
        response.EnsureSuccessStatusCode();
    }

    public async Task GetAsync(string path)
    {
        using var response = await _client.GetAsync($"{ServerUrl}/api/webhooks/{path}");
        response.EnsureSuccessStatusCode();
        await response.Content.ReadAsByteArrayAsync();
    }

    public async Task<JsonElement> ReadAsync(string path) => await _client.GetFromJsonAsync<JsonElement>($"{ServerUrl}/api/webhooks/{path}");

    /// <summary>Calls as often as it goes, by all callers at once.</summary>
    /// <param name="call">Takes the number of the call.</param>
    /// <param name="isOver">Asked before each.</param>
    public async Task<Load> CallAsync(Func<int, Task> call, Func<int, TimeSpan, bool> isOver)
    {
        var load = new Load();
        var began = Stopwatch.GetTimestamp();
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(async _ =>
        {
            var own = new List<double>();
            while (Interlocked.Increment(ref next) is var number && !isOver(number, Stopwatch.GetElapsedTime(began)))
            {
                var sent = Stopwatch.GetTimestamp();
                await call(number);
                own.Add(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
            }

            lock (load.Milliseconds)
                load.Milliseconds.AddRange(own);
        }));
        return load with { Elapsed = Stopwatch.GetElapsedTime(began) };
    }

    public Task<Load> CallAsync(Func<int, Task> call, TimeSpan duration) => CallAsync(call, (_, elapsed) => elapsed >= duration);

    /// <summary>Calls at an even pace, whatever the answers take.</summary>
    public static async Task<Load> PaceAsync(Func<int, Task> call, int perSecond, Func<TimeSpan, bool> isOver)
    {
        var load = new Load();
        var calls = new List<Task>();
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
        var began = Stopwatch.GetTimestamp();
        while (await pace.WaitForNextTickAsync() && Stopwatch.GetElapsedTime(began) is var elapsed && !isOver(elapsed))
        {
            while (calls.Count < elapsed.TotalSeconds * perSecond)
                calls.Add(CallOnceAsync(calls.Count));
        }

        await Task.WhenAll(calls);
        return load with { Elapsed = Stopwatch.GetElapsedTime(began) };

        async Task CallOnceAsync(int number)
        {
            var sent = Stopwatch.GetTimestamp();
            await call(number);
            lock (load.Milliseconds)
                load.Milliseconds.Add(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
        }
    }

    /// <summary>Until the receiver has all of them.</summary>
    public async Task ArriveAsync(int count)
    {
        while (await CountAsync() < count)
            await Task.Delay(20);
    }

    /// <summary>Until nothing arrives any more, and the results are recorded.</summary>
    public async Task DrainAsync()
    {
        var last = -1;
        for (var same = 0; same < 4; await Task.Delay(250))
        {
            var count = await CountAsync();
            same = count == last ? same + 1 : 0;
            last = count;
        }
    }

    public Task<int> CountAsync() => _client.GetFromJsonAsync<int>(ReceiverUrl + "/count");

    public async Task<double[]> LatenciesAsync() => (await _client.GetFromJsonAsync<double[]>(ReceiverUrl + "/latencies"))!;

    public async Task ResetAsync()
    {
        using var response = await _client.PostAsync(ReceiverUrl + "/reset", null);
    }

    private static async Task StopAsync(Process? process)
    {
        if (process is null)
            return;
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private Process Start(string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, WorkingDirectory = Folder.FullName };
        var process = Process.Start(start)!;
        process.BeginOutputReadLine();
        return process;
    }

    private async Task WaitAsync(Process process, string url)
    {
        while (!process.HasExited)
        {
            try
            {
                using var response = await _client.GetAsync(url);
                if (response.IsSuccessStatusCode)
                    return;
            }
            catch (Exception exception) when (exception is HttpRequestException or SocketException)
            {
                // Not yet.
            }

            await Task.Delay(100);
        }

        throw new InvalidOperationException($"{string.Join(' ', process.StartInfo.ArgumentList)} ended with {process.ExitCode}.");
    }
}
