namespace Parley.Sessions;

/// <summary>The connections that this thread has enqueued frames for and not flushed.</summary>
/// <remarks>
/// A publication is first put behind every subscriber's earlier frames, and only then is each connection flushed: no lock of a channel
/// is held around a system call, and publications that arrive together reach each subscriber in one write to its socket. Few
/// connections are flushed by this thread when it has done what it has at hand; many go to the <see cref="FlushQueue"/> at once.
/// Batches nest, and the outermost one flushes.
/// </remarks>
internal sealed class FlushBatch
{
    /// <summary>Connections up to which flushing is cheaper than waking another thread for it.</summary>
    private const int MaxConnections = 32;

    [ThreadStatic]
    private static FlushBatch? _current;

    private readonly List<IFlushable> _connections = [];
    private int _depth;

    /// <summary>The batch of this thread; null when flushes are not put off.</summary>
    public static FlushBatch? Current => _current is { _depth: > 0 } batch ? batch : null;

    /// <summary>Begins to put off the flushes of this thread. No wait may come before <see cref="End"/>.</summary>
    /// <returns>Ends it, where that is at the end of a block.</returns>
    public static Scope Begin()
    {
        (_current ??= new FlushBatch())._depth++;
        return default;
    }

    /// <summary>Ends the innermost batch. To be called without locks.</summary>
    public static void End()
    {
        var batch = _current!;
        batch._depth--;
        if (batch._connections.Count > MaxConnections)
            batch.HandOver();
        else if (batch._depth == 0)
            FlushRound.Flush(batch._connections);
    }

    /// <summary>Takes note of a connection that was written to and not flushed.</summary>
    public void Add(IFlushable connection) => _connections.Add(connection);

    private void HandOver()
    {
        FlushQueue.Shared.Add(_connections);
        _connections.Clear();
    }

    /// <summary>The block that a batch lasts for.</summary>
    public readonly ref struct Scope
    {
        public void Dispose() => End();
    }
}
