using System.Globalization;
using System.Xml.Linq;
using Parley.LoadTest.Comparison;

namespace Parley.LoadTest.Tests.Comparison;

public sealed class BarChartTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    [Fact]
    public void Bars_are_as_long_as_their_values_and_the_axis_goes_beyond_the_longest()
    {
        var drawing = Draw(new Bar("a", new Sample(10, 8, 43), IsOwn: true), new Bar("b", new Sample(20, 20, 20), IsOwn: false));

        double[] lengths = [.. drawing.Elements(Svg + "rect").Select(r => Number(r, "width"))];
        Assert.Equal(2, lengths[1] / lengths[0], 0.01);
        string[] ticks = [.. drawing.Elements(Svg + "text").Where(t => t.Attribute("text-anchor")?.Value == "middle").Select(t => t.Value)];
        Assert.Equal(["0", "10", "20", "30", "40", "50", "µs & less"], ticks);
        var range = Assert.Single(drawing.Elements(Svg + "line"), l => l.Attribute("class")?.Value == "range");
        Assert.Equal(3.5, (Number(range, "x2") - Number(range, "x1")) / lengths[0], 0.01);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.003)]
    [InlineData(1)]
    [InlineData(684_000)]
    public void Any_size_of_values_can_be_drawn(double value)
    {
        var drawing = Draw(new Bar("a <b>", new Sample(value, value, value), IsOwn: false));

        Assert.Contains(drawing.Elements(Svg + "text"), t => t.Value == "a <b>");
        Assert.InRange(drawing.Elements(Svg + "line").Count(), 1, 8);
        Assert.All(drawing.Elements(Svg + "rect"), r => Assert.InRange(Number(r, "width"), 0, 760));
    }

    private static XElement Draw(params Bar[] bars) => XDocument.Parse(new BarChart("Title", "µs & less", bars).Draw()).Root!;

    private static double Number(XElement element, string name) => double.Parse(element.Attribute(name)!.Value, CultureInfo.InvariantCulture);
}
