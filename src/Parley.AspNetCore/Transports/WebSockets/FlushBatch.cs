namespace Parley.AspNetCore.Transports.WebSockets;

/// <summary>The connections that a thread has written to and not flushed, while it works through what one client sent.</summary>
/// <remarks>
/// Publications that arrive together reach each subscriber in one flush and so in one write to its socket, in place of one each. A
/// publication that comes alone is flushed at once: the sockets then work while the thread goes on to the next subscriber, and only the
/// replies to the client itself wait for each other. What is put off ends with the client's bytes that are at hand, with the first
/// wait, or when it has become much; frames of other threads are not put off.
/// </remarks>
internal sealed class FlushBatch
{
    /// <summary>Frames after which everything is flushed, so that the first subscriber does not wait for the last publication.</summary>
    private const int MaxFrames = 4096;

    [ThreadStatic]
    private static FlushBatch? _batch;

    private readonly List<PipeFrameSender> _senders = [];
    private PipeFrameSender? _owner;
    private bool _isForAll;
    private int _depth;
    private int _frames;

    /// <summary>The batch that puts off this sender's flushes on this thread; null when none does.</summary>
    public static FlushBatch? For(PipeFrameSender sender) =>
        _batch is { _depth: > 0 } batch && (batch._isForAll || ReferenceEquals(batch._owner, sender)) ? batch : null;

    /// <summary>Begins to put off the flushes of the client whose bytes are worked through.</summary>
    public static void Begin(PipeFrameSender owner)
    {
        var batch = _batch ??= new FlushBatch();
        if (batch._depth++ == 0)
            batch._owner = owner;
    }

    /// <summary>Puts off all senders' flushes from now to the end: more of the client's messages are at hand.</summary>
    public static void Widen()
    {
        if (_batch is { _depth: > 0 } batch)
            batch._isForAll = true;
    }

    public static void End()
    {
        if (_batch is not { } batch || --batch._depth > 0)
            return;
        batch._owner = null;
        batch._isForAll = false;
        batch.Flush();
    }

    /// <summary>Counts a frame that was written to a sender and not flushed.</summary>
    /// <param name="sender">Null when it is in the batch already.</param>
    public void Add(PipeFrameSender? sender)
    {
        _frames++;
        if (sender is not null)
            _senders.Add(sender);
    }

    /// <summary>To be called without a sender's lock.</summary>
    public void FlushIfFull()
    {
        if (_frames >= MaxFrames)
            Flush();
    }

    private void Flush()
    {
        _frames = 0;

        // With inline schedulers a flush may run other connections' code on this thread, which may add to the list.
        for (var i = 0; i < _senders.Count; i++)
            _senders[i].FlushPutOff();
        _senders.Clear();
    }
}
