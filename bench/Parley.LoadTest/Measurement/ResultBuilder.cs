namespace Parley.LoadTest.Measurement;

/// <summary>Collects the figures of a run.</summary>
internal sealed class ResultBuilder(string scenario)
{
    private readonly List<Metric> _metrics = [];
    private readonly List<string> _notes = [];

    public void Add(string name, double value, string unit) => _metrics.Add(new Metric(name, value, unit));

    public void Note(string text) => _notes.Add(text);

    /// <summary>Adds what every phase under load has: rate, processor time per operation, latency.</summary>
    public void AddPhase(string phase, string operation, Reading reading, long operations, LatencyHistogram latency)
    {
        var prefix = phase.Length == 0 ? "" : phase + " ";
        var seconds = reading.Elapsed.TotalSeconds;
        Add($"{prefix}rate", operations / seconds, $"{operation}/s");
        if (reading.Server is { } server)
        {
            Add($"{prefix}server CPU per {operation}", server.Total.TotalMicroseconds / operations, "µs");
            Add($"{prefix}of it in the kernel", 100 * server.System / server.Total, "%");
            Add($"{prefix}server CPU", 100 * server.Total.TotalSeconds / seconds, "%");
        }

        Add($"{prefix}latency p50", latency.Percentile(0.5), "ms");
        Add($"{prefix}latency p99", latency.Percentile(0.99), "ms");
        Add($"{prefix}generator CPU", 100 * reading.Generator.TotalSeconds / seconds, "%");
        Add(prefix + ScenarioResult.NoiseName, 100 * reading.Others.TotalSeconds / seconds, "%");
    }

    public ScenarioResult Build() => new(scenario, _metrics, _notes);
}
