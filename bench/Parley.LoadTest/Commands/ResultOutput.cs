using System.Globalization;
using System.Text.Json;
using Parley.LoadTest.Comparison;
using Parley.LoadTest.Measurement;

namespace Parley.LoadTest.Commands;

/// <summary>Prints figures and writes them to files.</summary>
internal static class ResultOutput
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static void Print(ScenarioResult result, TextWriter writer)
    {
        writer.WriteLine(result.Scenario);
        foreach (var metric in result.Metrics)
            writer.WriteLine($"  {metric.Name,-36} {Format(metric.Value),12} {metric.Unit}");

        foreach (var note in result.Notes)
            writer.WriteLine($"  note: {note}");
    }

    public static void Print(PeerRun run, TextWriter writer)
    {
        if (run.Result is { } result)
            Print(result, writer);
        else
            writer.WriteLine($"{run.Scenario}\n  FAILED: {run.Failure}");
    }

    public static void Write(FileInfo file, object value) => File.WriteAllText(file.FullName, JsonSerializer.Serialize(value, Json) + "\n");

    /// <exception cref="LoadTestException">The file holds something else.</exception>
    public static T Read<T>(FileInfo file)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(File.ReadAllText(file.FullName), Json)!;
        }
        catch (JsonException exception)
        {
            throw new LoadTestException($"{file.FullName} holds no figures: {exception.Message}");
        }
    }

    /// <summary>Three to four significant digits.</summary>
    public static string Format(double value) => Math.Abs(value) switch
    {
        >= 1000 => value.ToString("#,0", CultureInfo.InvariantCulture),
        >= 100 => value.ToString("0", CultureInfo.InvariantCulture),
        >= 10 => value.ToString("0.0", CultureInfo.InvariantCulture),
        _ => value.ToString("0.00", CultureInfo.InvariantCulture),
    };
}
