using Parley.LoadTest.Comparison;

namespace Parley.LoadTest.Tests.Comparison;

public sealed class SampleTests
{
    [Theory]
    [InlineData(new[] { 3.0 }, 3, 3, 3)]
    [InlineData(new[] { 9.0, 1, 2 }, 2, 1, 9)]
    [InlineData(new[] { 4.0, 1, 2, 9 }, 3, 1, 9)]
    public void The_median_is_the_middle_of_the_ordered_runs(double[] values, double median, double low, double high) =>
        Assert.Equal(new Sample(median, low, high), Sample.Of(values));

    [Fact]
    public void Without_runs_there_is_none() => Assert.Null(Sample.Of([]));
}
