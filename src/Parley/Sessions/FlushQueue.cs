using System.Runtime.InteropServices;

namespace Parley.Sessions;

/// <summary>Flushes the connections of large fan-outs, on threads of its own.</summary>
/// <remarks>
/// A publisher's thread is free as soon as it has handed over, so what it publishes next joins what still waits. Thread-safe.
/// </remarks>
internal sealed class FlushQueue(int workers)
{
    // Of each two processors one: the other half reads from clients, and does what the host has to do.
    private static readonly Lazy<FlushQueue> LazyShared = new(static () => new FlushQueue((Environment.ProcessorCount + 1) / 2));

    private readonly FlushWorker[] _workers = [.. Enumerable.Range(0, workers).Select(static _ => new FlushWorker())];

    /// <summary>The queue of this process. Its threads start with the first large fan-out.</summary>
    public static FlushQueue Shared => LazyShared.Value;

    /// <summary>Hands connections over, shared out evenly among the workers.</summary>
    public void Add(List<IFlushable> connections)
    {
        var rest = CollectionsMarshal.AsSpan(connections);
        for (var left = _workers.Length; left > 0; left--)
        {
            var share = rest.Length / left;
            _workers[left - 1].Add(rest[..share]);
            rest = rest[share..];
        }
    }
}
