namespace Parley.AspNetCore.Transports.LongPolling;

/// <summary>Frames for one client, cut into numbered batches of which one at most is on its way.</summary>
/// <remarks>Not thread-safe.</remarks>
/// <param name="maxBytes">Bytes that may be kept, on their way or not.</param>
internal sealed class BatchQueue(int maxBytes)
{
    /// <summary>A batch takes no further frame from here on, so that a slow network gets one through before the client gives up.</summary>
    private const int MaxBatchBytes = 256 * 1024;

    /// <summary>With no more than this kept, a client is not slow whatever comes.</summary>
    private const int MaxLittleBytes = 16 * 1024;

    private readonly int _littleBytes = Math.Min(MaxLittleBytes, maxBytes / 4);
    private Queue<byte[]> _frames = new(1);
    private long _number;
    private long _bytes;

    /// <summary>The batch on its way; null when the client has all that was handed out.</summary>
    public Batch? Current { get; private set; }

    /// <summary>The last batch that the client has.</summary>
    public long Acknowledged { get; private set; }

    /// <summary>Whether frames wait for the next batch.</summary>
    public bool HasWaiting => _frames.Count > 0;

    /// <summary>Bytes that are kept, on their way or not.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Whether next to nothing is kept.</summary>
    public bool IsLow => _bytes <= _littleBytes;

    /// <summary>Adds a frame behind all others.</summary>
    /// <returns>False when too much is kept. One frame above the bound is no sign of a slow client; one more behind it is.</returns>
    public bool TryAdd(byte[] frame)
    {
        if (!IsLow && _bytes + frame.Length > maxBytes) return false;

        Add(frame);
        return true;
    }

    /// <summary>Adds a frame behind all others, whatever is kept.</summary>
    public void Add(byte[] frame)
    {
        _frames.Enqueue(frame);
        _bytes += frame.Length;
    }

    /// <summary>Adds a frame before all that are not on their way.</summary>
    public void AddFirst(byte[] frame)
    {
        _frames = new Queue<byte[]>([frame, .. _frames]);
        _bytes += frame.Length;
    }

    /// <summary>Forgets the frames that are not on their way.</summary>
    public void DropWaiting()
    {
        _frames = new Queue<byte[]>(1);
        _bytes = Current?.Length ?? 0;
    }

    /// <summary>Takes note of what the client has.</summary>
    /// <param name="number">The last batch it has.</param>
    /// <returns>False when no such batch was handed out.</returns>
    public bool TryAcknowledge(long number)
    {
        if (number > _number) return false;
        if (number <= Acknowledged) return true;

        // The number is that of the current batch: there is no other between the last one acknowledged and the last one made.
        Acknowledged = number;
        _bytes -= Current!.Length;
        Current = null;
        return true;
    }

    /// <summary>The batch on its way, once more, or a new one of what waits; null when there is nothing.</summary>
    public Batch? Take()
    {
        if (Current is not null || _frames.Count == 0) return Current;

        var frames = new List<byte[]>(_frames.Count);
        var length = 0;
        while (length < MaxBatchBytes && _frames.TryDequeue(out var frame))
        {
            frames.Add(frame);
            length += frame.Length;
        }

        if (_frames.Count == 0) _frames = new Queue<byte[]>(1); // what a burst has made it grow to is not kept
        return Current = new Batch(++_number, frames, length);
    }
}
