namespace Parley.LoadTest.Measurement;

/// <summary>One figure of a run.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Value">In <paramref name="Unit"/>.</param>
/// <param name="Unit">As printed.</param>
internal sealed record Metric(string Name, double Value, string Unit);

/// <summary>All figures of a run.</summary>
/// <param name="Scenario">The sub-command that made them.</param>
/// <param name="Metrics">In the order in which they are printed.</param>
/// <param name="Notes">What a reader must know to judge them.</param>
internal sealed record ScenarioResult(string Scenario, IReadOnlyList<Metric> Metrics, IReadOnlyList<string> Notes)
{
    /// <summary>Ends the name of the figure that says how much the rest of the machine did meanwhile.</summary>
    public const string NoiseName = "CPU of others";

    /// <summary>The most that the rest of the machine used in a phase, in percent of one core.</summary>
    public double Noise => Metrics.Where(m => m.Name.EndsWith(NoiseName, StringComparison.Ordinal)).Max(m => m.Value);
}
