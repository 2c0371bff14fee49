namespace Parley.LoadTest.Measurement;

/// <summary>Fails a run as soon as a subscriber misses a publication, gets one twice, or gets one out of order.</summary>
internal sealed class SequenceCheck(int subscribers)
{
    private readonly uint[] _next = new uint[subscribers];

    /// <summary>All publications taken.</summary>
    public long Total { get; private set; }

    public void Take(int subscriber, uint sequence)
    {
        var expected = _next[subscriber];
        if (sequence != expected)
        {
            var what = sequence < expected ? "a duplicate or out of order" : "something was lost or is out of order";
            throw new LoadTestException($"subscriber {subscriber} got publication {sequence} when {expected} was due: {what}");
        }

        _next[subscriber]++;
        Total++;
    }

    /// <summary>Fails the run when a subscriber does not have all of a number of publications.</summary>
    public void ThrowIfMissing(Func<int, uint> published)
    {
        for (var i = 0; i < subscribers; i++)
        {
            if (_next[i] != published(i))
                throw new LoadTestException($"subscriber {i} got {_next[i]} of {published(i)} publications");
        }
    }
}
