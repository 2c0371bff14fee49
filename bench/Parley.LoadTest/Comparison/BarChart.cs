using System.Globalization;
using System.Security;
using System.Text;
using Parley.LoadTest.Commands;

namespace Parley.LoadTest.Comparison;

/// <summary>Horizontal bars with their range as an SVG that reads well on light and dark pages.</summary>
/// <param name="title">What is shown.</param>
/// <param name="axis">Label of the axis, with its unit.</param>
/// <param name="bars">From the top down.</param>
internal sealed class BarChart(string title, string axis, IReadOnlyList<Bar> bars)
{
    private const int Width = 760;
    private const int Left = 136;
    private const int Right = 96;
    private const int Top = 44;
    private const int RowHeight = 28;
    private const int BarHeight = 16;
    private const int MostTicks = 6;

    private const string Style = """
        text { font: 13px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; fill: #24292f }
        .title { font-size: 15px; font-weight: 600 }
        .muted { fill: #57606a; font-size: 12px }
        .bar { fill: #8c959f }
        .own { fill: #0969da }
        .strong { font-weight: 600 }
        .grid { stroke: #d0d7de }
        .range { stroke: #24292f; stroke-width: 1.5 }
        @media (prefers-color-scheme: dark) {
          text { fill: #e6edf3 }
          .muted { fill: #9198a1 }
          .bar { fill: #656c76 }
          .own { fill: #4493f8 }
          .grid { stroke: #3d444d }
          .range { stroke: #e6edf3 }
        }
        """;

    private readonly StringBuilder _svg = new();

    /// <summary>The image.</summary>
    public string Draw()
    {
        var step = Step(bars.Max(b => b.Value.High));
        var end = step * Math.Ceiling(bars.Max(b => b.Value.High) / step);
        var scale = end > 0 ? (Width - Left - Right) / end : 0;
        var bottom = Top + (bars.Count * RowHeight);
        var height = bottom + 44;

        Line($"""<svg xmlns="http://www.w3.org/2000/svg" width="{Width}" height="{height}" viewBox="0 0 {Width} {height}" role="img">""");
        Line($"<title>{Escape(title)}, {Escape(axis)}: {Escape(string.Join(", ", bars.Select(b => $"{b.Name} {ResultOutput.Format(b.Value.Median)}")))}</title>");
        Line($"<style>\n{Style}\n</style>");
        Line($"""<text class="title" x="12" y="24">{Escape(title)}</text>""");
        for (var tick = 0; tick * step <= end * 1.0001; tick++)
        {
            var x = Left + (tick * step * scale);
            Line($"""<line class="grid" x1="{x:0.#}" y1="{Top - 4}" x2="{x:0.#}" y2="{bottom}"/>""");
            Line($"""<text class="muted" x="{x:0.#}" y="{bottom + 16}" text-anchor="middle">{tick * step:#,0.######}</text>""");
        }

        for (var i = 0; i < bars.Count; i++)
            Draw(bars[i], Top + (i * RowHeight), scale);

        Line($"""<text class="muted" x="{Left + ((Width - Left - Right) / 2)}" y="{bottom + 36}" text-anchor="middle">{Escape(axis)}</text>""");
        Line($"</svg>");
        return _svg.ToString();
    }

    private void Draw(Bar bar, int y, double scale)
    {
        var (median, low, high) = bar.Value;
        var middle = y + (RowHeight / 2);
        var strong = bar.IsOwn ? " class=\"strong\"" : "";
        Line($"""<text{strong} x="{Left - 8}" y="{middle + 4}" text-anchor="end">{Escape(bar.Name)}</text>""");
        Line($"""<rect class="{(bar.IsOwn ? "own" : "bar")}" x="{Left}" y="{middle - (BarHeight / 2)}" width="{median * scale:0.#}" height="{BarHeight}" rx="2"/>""");
        if (high > low)
            Line($"""<line class="range" x1="{Left + (low * scale):0.#}" y1="{middle}" x2="{Left + (high * scale):0.#}" y2="{middle}"/>""");

        Line($"""<text{strong} x="{Left + (high * scale) + 6:0.#}" y="{middle + 4}">{ResultOutput.Format(median)}</text>""");
    }

    // 1, 2 or 5 times a power of ten, so that there are few.
    private static double Step(double high)
    {
        if (high <= 0)
            return 1;

        var power = Math.Pow(10, Math.Floor(Math.Log10(high / MostTicks)));
        double[] factors = [1, 2, 5];
        return factors.Select(f => f * power).FirstOrDefault(s => high / s <= MostTicks, 10 * power);
    }

    private void Line(FormattableString text) => _svg.Append(text.ToString(CultureInfo.InvariantCulture)).Append('\n');

    private static string Escape(string text) => SecurityElement.Escape(text);
}

/// <summary>One bar.</summary>
/// <param name="Name">Label.</param>
/// <param name="Value">Length and range.</param>
/// <param name="IsOwn">Whether it stands out.</param>
internal sealed record Bar(string Name, Sample Value, bool IsOwn);
