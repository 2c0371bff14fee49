using System.Diagnostics;
using CsCheck;
using Parley.LoadTest.Measurement;

namespace Parley.LoadTest.Tests.Measurement;

public sealed class LatencyHistogramTests
{
    [Fact]
    public void A_percentile_is_that_of_the_sorted_times_to_two_percent() =>
        Gen.Long[0, 100_000_000_000].Array[1, 500].Sample(times =>
        {
            var histogram = new LatencyHistogram();
            foreach (var time in times)
                histogram.Add(time);

            var sorted = times.Order().ToArray();
            foreach (var share in new[] { 0.01, 0.5, 0.99, 1.0 })
            {
                var exact = sorted[(int)Math.Ceiling(times.Length * share) - 1] * 1000.0 / Stopwatch.Frequency;
                Assert.InRange(histogram.Percentile(share), exact, (exact * 1.02) + (2000.0 / Stopwatch.Frequency));
            }
        });

    [Fact]
    public void Nothing_counted_is_zero() => Assert.Equal(0, new LatencyHistogram().Percentile(0.99));
}
