using System.Runtime.InteropServices;

namespace Parley.Brokers.Memory;

/// <summary>The idempotency keys of one channel and what was answered to them. The channel holds the lock.</summary>
/// <remarks>Its size is bounded by the keys used within one window: no promise is dropped to save memory.</remarks>
internal sealed class IdempotencyKeys
{
    private readonly Dictionary<string, Answer> _answers = new(StringComparer.Ordinal);

    /// <summary>In the order they came. A key with a longer window than those behind it holds them up; they are expired all the same.</summary>
    private RingBuffer<Expiry> _expiries;

    public int Count => _answers.Count;

    /// <summary>When the oldest key expires.</summary>
    public long NextExpiry => _expiries.Count > 0 ? _expiries[0].At : MonotonicClock.Never;

    public bool TryFind(string key, long now, out StreamPosition position)
    {
        var isKnown = _answers.TryGetValue(key, out var answer) && now < answer.Until;
        position = answer.Position;
        return isKnown;
    }

    public void Add(string key, StreamPosition position, long until)
    {
        ref var answer = ref CollectionsMarshal.GetValueRefOrAddDefault(_answers, key, out _);
        answer = new Answer(position, until);
        _expiries.Add(new Expiry(key, until));
    }

    public void Expire(long now)
    {
        var before = _answers.Count;
        while (_expiries.Count > 0 && _expiries[0].At <= now)
        {
            // A key that came again after its window has a later expiry of its own further back.
            var (key, at) = _expiries.RemoveFirst();
            if (_answers.TryGetValue(key, out var answer) && answer.Until == at)
                _answers.Remove(key);
        }

        // After a burst: the arrays do not shrink by themselves.
        if (_answers.Count < before && _answers.EnsureCapacity(0) > 64 + (8 * _answers.Count))
            _answers.TrimExcess();
    }

    private readonly record struct Answer(StreamPosition Position, long Until);

    private readonly record struct Expiry(string Key, long At);
}
