namespace Parley.Sessions;

/// <summary>The subscriptions of a session, by channel.</summary>
/// <remarks>
/// Most sessions have a few: those are found in an array as fast as by a hash, in a fraction of the memory. Not thread-safe. A field that
/// nothing copies.
/// </remarks>
internal struct SubscriptionTable
{
    /// <summary>Beyond so many a channel is not looked for one by one.</summary>
    private const int MaxScanned = 16;

    private Subscription[]? _few;
    private Dictionary<string, Subscription>? _many;
    private int _fewCount;

    public readonly int Count => _many?.Count ?? _fewCount;

    public readonly Subscription? Find(string channel)
    {
        if (_many is not null)
            return _many.GetValueOrDefault(channel);
        foreach (var subscription in _few.AsSpan(0, _fewCount))
        {
            if (subscription.Channel == channel)
                return subscription;
        }

        return null;
    }

    /// <summary>Adds one whose channel has none.</summary>
    public void Add(Subscription subscription)
    {
        if (_many is null && _fewCount == MaxScanned)
        {
            _many = _few!.ToDictionary(static subscription => subscription.Channel, StringComparer.Ordinal);
            (_few, _fewCount) = (null, 0);
        }

        if (_many is not null)
        {
            _many.Add(subscription.Channel, subscription);
            return;
        }

        if (_few is null)
            _few = new Subscription[2];
        else if (_fewCount == _few.Length)
            Array.Resize(ref _few, _fewCount * 2);
        _few[_fewCount++] = subscription;
    }

    /// <summary>Removes one, if it is there.</summary>
    public void Remove(Subscription subscription)
    {
        if (Find(subscription.Channel) != subscription)
            return;
        if (_many is not null)
        {
            _many.Remove(subscription.Channel);
            return;
        }

        var at = Array.IndexOf(_few!, subscription, 0, _fewCount);
        _few![at] = _few[--_fewCount];
        _few[_fewCount] = null!;
    }

    /// <summary>Those that are there at this moment.</summary>
    public readonly Subscription[] ToArray() => _many is not null ? [.. _many.Values] : _few.AsSpan(0, _fewCount).ToArray();

    public void Clear() => this = default;
}
