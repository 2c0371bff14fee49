namespace Parley.WebhookBench.Scenarios;

/// <summary>1,000 endpoints, with all of them healthy and with ten that never answer: how long a webhook to one of the others is on its way.</summary>
internal static class HangingScenario
{
    private const int Endpoints = 1_000;
    private const int Hanging = 10;
    private const int PerSecond = 500;

    /// <summary>Longer than the first requests hang: what the runtime compiles when they end is not what is measured.</summary>
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(40);

    public static async Task RunAsync(string server, Figures figures)
    {
        var healthy = await MeasureAsync(server, 0, figures);
        var disturbed = await MeasureAsync(server, Hanging, figures);
        figures.Add("p99, ratio", disturbed / healthy, "");
    }

    private static async Task<double> MeasureAsync(string server, int hanging, Figures figures)
    {
        await using var bed = await TestBed.StartAsync(server);
        for (var index = 0; index < Endpoints; index++)
            await bed.AddApplicationAsync($"app-{index}", index < hanging ? "/hangs" : "/hooks");

        await TestBed.PaceAsync(SendAsync, PerSecond, static elapsed => elapsed > WarmUp);
        await bed.ResetAsync();
        await TestBed.PaceAsync(SendAsync, PerSecond, static elapsed => elapsed > Duration);
        await bed.DrainAsync();
        var latencies = await bed.LatenciesAsync();
        figures.Add($"{Endpoints:N0} endpoints, {hanging} hang, {PerSecond} messages/s: to the first byte of the others, p50", latencies[0], "ms");
        figures.Add($"{Endpoints:N0} endpoints, {hanging} hang, {PerSecond} messages/s: to the first byte of the others, p99", latencies[1], "ms");
        return latencies[1];

        Task SendAsync(int number) => bed.SendAsync($"app-{number % Endpoints}");
    }
}
