namespace Parley.LoadTest.Scenarios;

/// <summary>Finds the highest rate that a server stands: doubles until it does not, then halves the interval.</summary>
/// <param name="first">Rate to begin with; when it is too high already, lower ones are tried.</param>
/// <param name="precision">Ends when what stands and what does not are closer together than this share.</param>
internal sealed class RateSearch(double first, double precision)
{
    private const int MaxDoublings = 16;

    /// <summary>The highest rate that was tried and stood; null when none did.</summary>
    public double? Run(Func<double, bool> stands)
    {
        double? low = null;
        double? high = null;
        var rate = first;
        for (var i = 0; i < MaxDoublings && (low is null || high is null); i++)
        {
            if (stands(rate))
                (low, rate) = (rate, rate * 2);
            else
                (high, rate) = (rate, rate / 2);
        }

        while (low is { } good && high is { } bad && bad - good > good * precision)
        {
            var middle = (good + bad) / 2;
            if (stands(middle))
                low = middle;
            else
                high = middle;
        }

        return low;
    }
}
