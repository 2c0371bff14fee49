using CsCheck;
using Parley.LoadTest.Scenarios;

namespace Parley.LoadTest.Tests.Scenarios;

public sealed class RateSearchTests
{
    [Fact]
    public void The_highest_rate_is_found_to_the_precision_asked_for() =>
        Gen.Double[1, 1_000_000].Sample(limit =>
        {
            var tries = 0;
            var found = new RateSearch(100, 0.1).Run(rate =>
            {
                tries++;
                return rate <= limit;
            });

            Assert.InRange(found!.Value, limit / 1.1, limit);
            Assert.InRange(tries, 2, 25);
        });

    [Fact]
    public void A_server_that_stands_nothing_has_no_rate() => Assert.Null(new RateSearch(100, 0.1).Run(_ => false));

    [Fact]
    public void A_server_that_stands_everything_does_not_hold_up_the_search() =>
        Assert.Equal(100 * Math.Pow(2, 15), new RateSearch(100, 0.1).Run(_ => true));
}
