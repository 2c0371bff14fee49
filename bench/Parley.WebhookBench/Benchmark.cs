using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Parley.WebhookBench.Scenarios;

namespace Parley.WebhookBench;

/// <summary>Runs the scenarios and writes the report.</summary>
internal static class Benchmark
{
    public static async Task<int> RunAsync(Settings settings)
    {
        var report = new StringBuilder();
        report.AppendLine("# Webhooks: accept and deliver\n");
        report.AppendLine(CultureInfo.InvariantCulture, $"- Date: {DateTime.UtcNow:yyyy-MM-dd HH:mm} UTC");
        report.AppendLine(CultureInfo.InvariantCulture,
            $"- Machine: {Processor()}, {Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}; callers, server and receiver share it");
        report.AppendLine(CultureInfo.InvariantCulture, $"- Runtime: {RuntimeInformation.FrameworkDescription}; SQLite with synchronous=FULL");
        report.AppendLine(CultureInfo.InvariantCulture, $"- Command: `bench/webhooks REPORT.md --rounds {settings.Rounds} --stored {settings.Stored}`");
        report.AppendLine(CultureInfo.InvariantCulture,
            $"- Figures are medians of {settings.Rounds} rounds (lowest and highest in brackets), each with a new server; of `stored` there is one run");
        foreach (var scenario in settings.Scenarios)
        {
            var figures = new Figures();
            for (var round = 1; round <= (scenario == "stored" ? 1 : settings.Rounds); round++)
            {
                await Console.Error.WriteLineAsync($"{scenario}, round {round}");
                await (scenario switch
                {
                    "accept" => AcceptScenario.RunAsync(settings.Server, figures),
                    "deliver" => DeliverScenario.RunAsync(settings.Server, figures),
                    "hanging" => HangingScenario.RunAsync(settings.Server, figures),
                    _ => StoredScenario.RunAsync(settings.Server, settings.Stored, figures),
                });
                await Console.Error.WriteLineAsync(figures.ToString());
            }

            report.AppendLine(CultureInfo.InvariantCulture, $"\n## {scenario}\n\n| | |\n|---|---:|");
            report.Append(figures);
            await File.WriteAllTextAsync(settings.Report, report.ToString());
        }

        Console.WriteLine(report);
        return 0;
    }

    private static string Processor() => File.Exists("/proc/cpuinfo")
        ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(static line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(": ")[^1] ?? "?"
        : RuntimeInformation.ProcessArchitecture.ToString();
}
