namespace Parley.AspNetCore.Tests.Stress;

/// <summary>The publications of one channel in the order in which the broker raised them, numbered from 1.</summary>
internal sealed class ChannelLedger(string name)
{
    private readonly List<(long Id, ulong Offset)> _raised = [];
    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, long> _accepted = [];
    private Dictionary<long, long>? _numbers;
    private int _isRaising;
    private long _begun;
    private long _delivered;
    private long _deliveredBytes;

    public string Name => name;

    /// <summary>The last one whose delivery has begun.</summary>
    public long Begun => Volatile.Read(ref _begun);

    /// <summary>The last one that was handed to all subscribers.</summary>
    public long Delivered => Volatile.Read(ref _delivered);

    /// <summary>Bytes of all whose delivery has begun.</summary>
    public long DeliveredBytes => Volatile.Read(ref _deliveredBytes);

    /// <summary>Id of the last one. For when all is at rest.</summary>
    public long LastId => _raised[^1].Id;

    /// <summary>What breaks the broker's own promises; null: nothing.</summary>
    public string? Breach { get; private set; }

    /// <summary>Delivers a publication.</summary>
    public void Deliver(long id, Publication publication, Action<string, Publication> deliver)
    {
        if (Interlocked.Exchange(ref _isRaising, 1) == 1)
            Breach = $"two publications of {name} were raised at once";
        _raised.Add((id, publication.Offset));
        Volatile.Write(ref _begun, _raised.Count);
        Volatile.Write(ref _deliveredBytes, _deliveredBytes + publication.Data.Length);
        try
        {
            deliver(name, publication);
        }
        catch (Exception exception)
        {
            Breach = $"number {_begun} of {name} failed: {exception}";
        }

        Volatile.Write(ref _delivered, _raised.Count);
        Volatile.Write(ref _isRaising, 0);
    }

    /// <summary>The broker answered a publisher.</summary>
    public void Accept(long id, ulong offset)
    {
        if (offset == 0)
            return;
        lock (_gate)
        {
            if (!_accepted.TryAdd(offset, id))
                Breach = $"offset {offset} of {name} was given twice";
        }
    }

    /// <summary>The number of a publication; 0: it was never raised. For when all is at rest.</summary>
    public long NumberOf(long id)
    {
        _numbers ??= _raised.Select(static (raised, index) => (raised.Id, Number: index + 1L)).ToDictionary(static pair => pair.Id, static pair => pair.Number);
        return _numbers.GetValueOrDefault(id);
    }

    /// <summary>The offset of a publication by its number; 0: it has none.</summary>
    public ulong OffsetOf(long number) => number == 0 ? 0 : _raised[(int)number - 1].Offset;

    /// <summary>What was published at an offset.</summary>
    public long IdAt(ulong offset) => _accepted.GetValueOrDefault(offset);
}
