using System.Diagnostics;

namespace Parley.WebhookBench.Scenarios;

/// <summary>How many messages are delivered, with their results on disk, beside an HTTP client that keeps nothing.</summary>
internal static class DeliverScenario
{
    private const int Endpoints = 8;
    private const int Backlog = 60_000;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(8);

    public static async Task RunAsync(string server, Figures figures)
    {
        await using var bed = await TestBed.StartAsync(server);
        for (var index = 0; index < Endpoints; index++)
            await bed.AddApplicationAsync($"busy-{index}", "/hooks");
        var accepted = await bed.CallAsync(number => bed.SendAsync(Busy(number)), WarmUp);

        // All of it is due at the same time, when nothing else is done any more.
        var deliverAt = DateTimeOffset.UtcNow.AddSeconds(5 + (1.5 * Backlog / accepted.PerSecond));
        await bed.CallAsync(number => bed.SendAsync(Busy(number), deliverAt), static (number, _) => number >= Backlog);
        await bed.DrainAsync();
        await bed.ResetAsync();
        while (await bed.CountAsync() == 0)
            await Task.Delay(5);
        var (began, cpu) = (Stopwatch.GetTimestamp(), bed.ServerCpu());
        await bed.ArriveAsync(Backlog);
        var delivered = Backlog / Stopwatch.GetElapsedTime(began).TotalSeconds;
        await bed.DrainAsync();
        figures.Add($"deliver, results recorded, {Endpoints} endpoints", delivered, "/s");
        figures.Add("deliver, server's CPU for each", (bed.ServerCpu() - cpu).TotalMicroseconds / Backlog, "µs");

        await bed.CallAsync(_ => bed.PostAsync(), WarmUp);
        var clientCpu = Process.GetCurrentProcess().TotalProcessorTime;
        var raw = await bed.CallAsync(_ => bed.PostAsync(), Duration);
        clientCpu = Process.GetCurrentProcess().TotalProcessorTime - clientCpu;
        figures.Add($"HttpClient alone to the same receiver, {TestBed.Callers} at once", raw.PerSecond, "/s");
        figures.Add("HttpClient alone, CPU for each", clientCpu.TotalMicroseconds / raw.Milliseconds.Count, "µs");
        figures.Add("deliver, share of HttpClient alone", delivered / raw.PerSecond * 100, "%");

        await bed.ResetAsync();
        (began, cpu) = (Stopwatch.GetTimestamp(), bed.ServerCpu());
        var sent = await bed.CallAsync(number => bed.SendAsync(Busy(number)), Duration);
        await bed.ArriveAsync(sent.Milliseconds.Count);
        figures.Add("accept and deliver at the same time", sent.Milliseconds.Count / Stopwatch.GetElapsedTime(began).TotalSeconds, "/s");
        await bed.DrainAsync();
        figures.Add("accept and deliver, server's CPU for each", (bed.ServerCpu() - cpu).TotalMicroseconds / sent.Milliseconds.Count, "µs");

        await bed.ResetAsync();
        await TestBed.PaceAsync(number => bed.SendAsync(Busy(number)), 200, static elapsed => elapsed > Duration);
        await bed.DrainAsync();
        var latencies = await bed.LatenciesAsync();
        figures.Add("call to the receiver's first byte at 200/s, p50", latencies[0], "ms");
        figures.Add("call to the receiver's first byte at 200/s, p99", latencies[1], "ms");
    }

    private static string Busy(int number) => $"busy-{number % Endpoints}";
}
