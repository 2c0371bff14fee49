using System.Collections.Concurrent;
using Parley.Protocol.Centrifuge;
using Parley.Timing;

namespace Parley.AspNetCore.Protocols.Centrifuge.Recovery;

/// <summary>What clients that come back get, encoded once for all that come back to the same channel at about the same time.</summary>
/// <remarks>Thread-safe. What nobody asked for during <see cref="Life"/> is let go, and so is everything when it would take more than there is room for.</remarks>
/// <param name="wheel">Tells the time.</param>
/// <param name="maxBytes">Most bytes of memory that it takes in all.</param>
internal sealed class RecoveryCache(TimerWheel wheel, long maxBytes = RecoveryCache.MaxBytes) : TimerWheelEntry
{
    /// <summary>Room where nothing else is said.</summary>
    public const long MaxBytes = 32 * 1024 * 1024;

    /// <summary>After this time without a use, or twice as long, what was written is let go.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<(CentrifugeCodec Codec, string Channel), WrittenRun> _runs = new();
    private long _bytes;
    private int _isWaiting;

    /// <summary>Bytes of memory that it takes now.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Writes publications for a subscribe result that nobody else is expected to want.</summary>
    /// <returns>False when one of them cannot be said in this encoding.</returns>
    public static bool TryWriteAlone(CentrifugeCodec codec, IReadOnlyList<Publication> publications, out ReadOnlyMemory<byte> written) =>
        new WrittenRun(codec).Write(publications, out written, out _) == RunStatus.Written;

    /// <summary>Writes publications for a subscribe result, as far as they have not been written for another one.</summary>
    /// <param name="codec">The encoding.</param>
    /// <param name="channel">Where they were published.</param>
    /// <param name="publications">At least one, in the order of their offsets.</param>
    /// <param name="written">For <c>SubscribeResult.WrittenPublications</c>. Read only.</param>
    /// <returns>False when one of them cannot be said in this encoding.</returns>
    public bool TryWrite(CentrifugeCodec codec, string channel, IReadOnlyList<Publication> publications, out ReadOnlyMemory<byte> written)
    {
        while (true)
        {
            var run = _runs.GetOrAdd((codec, channel), static key => new WrittenRun(key.Codec));
            var status = run.Write(publications, out written, out var change);
            if (status == RunStatus.Dropped)
                continue;

            if (change != 0)
                Count(change);
            return status == RunStatus.Written;
        }
    }

    protected internal override void OnDue()
    {
        foreach (var entry in _runs)
        {
            if (!entry.Value.TakeUsed())
                Drop(entry);
        }

        Volatile.Write(ref _isWaiting, 0);
        if (!_runs.IsEmpty)
            Wait();
    }

    private void Count(long change)
    {
        // To look for the least used ones would help where more is asked for at once than there is room for, and there no choice does much.
        if (Interlocked.Add(ref _bytes, change) > maxBytes)
        {
            foreach (var entry in _runs)
                Drop(entry);
        }

        Wait();
    }

    private void Wait()
    {
        if (Interlocked.Exchange(ref _isWaiting, 1) == 0)
            wheel.Schedule(this, Life);
    }

    private void Drop(KeyValuePair<(CentrifugeCodec Codec, string Channel), WrittenRun> entry)
    {
        // Out of reach first: whoever finds it dropped then finds another in its place.
        if (_runs.TryRemove(entry))
            Interlocked.Add(ref _bytes, -entry.Value.Drop());
    }
}
