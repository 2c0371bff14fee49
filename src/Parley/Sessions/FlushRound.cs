namespace Parley.Sessions;

/// <summary>The flushes that a thread does one after the other, whose system calls may be one.</summary>
/// <remarks>A connection that would rather be sent with the others of the round keeps what it has ready, and is done when the round ends.</remarks>
internal static class FlushRound
{
    /// <summary>Connections after which a long round ends and the next begins.</summary>
    public const int MaxConnections = 256;

    [ThreadStatic]
    private static int _count;

    [ThreadStatic]
    private static IFlushRoundEnd? _end;

    [ThreadStatic]
    private static bool _isFlushThread;

    /// <summary>Whether this thread flushes again and again, so that what makes it cheaper is worth keeping.</summary>
    public static bool IsFlushThread
    {
        get => _isFlushThread;
        set => _isFlushThread = value;
    }

    /// <summary>Connections in this thread's round; 0 when it is in none.</summary>
    public static int Count => _count;

    /// <summary>Has somebody called when this thread's round is over. One at most.</summary>
    public static void EndWith(IFlushRoundEnd end) => _end = end;

    /// <summary>Flushes connections, also those that are added to the list meanwhile, and clears it.</summary>
    public static void Flush(List<IFlushable> connections)
    {
        for (var next = 0; next < connections.Count;)
        {
            // A flush may run code that flushes others in turn, which belong to no round, or hands the list over.
            var isOuter = _count == 0;
            var end = Math.Min(connections.Count, next + MaxConnections);
            if (isOuter)
                _count = end - next;
            try
            {
                for (; next < end && next < connections.Count; next++)
                    connections[next].FlushPutOff();
            }
            finally
            {
                if (isOuter)
                    End();
            }
        }

        connections.Clear();
    }

    private static void End()
    {
        _count = 0;
        var end = _end;
        _end = null;
        end?.OnRoundEnd();
    }
}
