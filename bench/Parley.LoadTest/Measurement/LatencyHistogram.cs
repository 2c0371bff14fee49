using System.Diagnostics;
using System.Numerics;

namespace Parley.LoadTest.Measurement;

/// <summary>Counts times in buckets that are at most 1/64 wide, so that a percentile is exact to 2 %.</summary>
internal sealed class LatencyHistogram
{
    private const int SubBits = 6;

    private readonly long[] _buckets = new long[(64 - SubBits + 1) << SubBits];
    private long _count;

    public long Count => _count;

    public void Add(long ticks)
    {
        _buckets[Index(Math.Max(0, ticks))]++;
        _count++;
    }

    public void Clear()
    {
        Array.Clear(_buckets);
        _count = 0;
    }

    /// <summary>The time in milliseconds that a share of all counted ones did not exceed; 0 when nothing was counted.</summary>
    public double Percentile(double share)
    {
        var rank = (long)Math.Ceiling(_count * share);
        for (var i = 0; i < _buckets.Length; i++)
        {
            rank -= _buckets[i];
            if (rank <= 0 && _count > 0)
                return UpperBound(i) * 1000.0 / Stopwatch.Frequency;
        }

        return 0;
    }

    private static int Index(long ticks)
    {
        var shift = Math.Max(0, BitOperations.Log2((ulong)ticks) - SubBits);
        return (shift << SubBits) + (int)(ticks >> shift);
    }

    private static long UpperBound(int index)
    {
        var shift = Math.Max(0, (index >> SubBits) - 1);
        return ((long)index - (shift << SubBits) + 1) << shift;
    }
}
