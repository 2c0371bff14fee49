using System.Globalization;
using System.Text;

namespace Parley.WebhookBench;

/// <summary>What was measured, by name, over the rounds.</summary>
internal sealed class Figures
{
    private readonly List<string> _names = [];
    private readonly Dictionary<string, (string Unit, List<double> Values)> _figures = [];

    public void Add(string name, double value, string unit)
    {
        if (!_figures.TryGetValue(name, out var figure))
        {
            _names.Add(name);
            _figures[name] = figure = (unit, []);
        }

        figure.Values.Add(value);
    }

    /// <summary>The figures of two runs, and how they compare.</summary>
    public void AddCompared(string oneName, Figures one, string otherName, Figures other)
    {
        foreach (var name in one._names)
        {
            var ((unit, before), after) = (one._figures[name], other._figures[name].Values);
            Add($"{name}, {oneName}", before[0], unit);
            Add($"{name}, {otherName}", after[0], unit);
            Add($"{name}, ratio", after[0] / before[0], "");
        }
    }

    /// <returns>A row of a table for each.</returns>
    public override string ToString()
    {
        var rows = new StringBuilder();
        foreach (var name in _names)
        {
            var (unit, values) = _figures[name];
            var range = values.Count > 1 ? $" ({Text(values.Min())} … {Text(values.Max())})" : "";
            rows.AppendLine(CultureInfo.InvariantCulture, $"| {name} | {Text(Percentile.Of(values, 0.5))}{range} {unit} |");
        }

        return rows.ToString();
    }

    private static string Text(double value) => value.ToString(value >= 1000 ? "N0" : value >= 100 ? "0" : value >= 10 ? "0.0" : "0.00", CultureInfo.InvariantCulture);
}
