namespace Parley.AspNetCore.Transports.WebSockets;

/// <summary>The connections that a thread has written to and not flushed, while it works through what one client sent.</summary>
/// <remarks>
/// Publications that arrive together reach each subscriber in one flush and so in one write to its socket, in place of one each. What
/// is put off ends with the client's bytes that are at hand, with the first wait, or when it has become much; frames of other
/// threads are not put off.
/// </remarks>
internal sealed class FlushBatch
{
    /// <summary>Frames after which everything is flushed, so that the first subscriber does not wait for the last publication.</summary>
    private const int MaxFrames = 8192;

    [ThreadStatic]
    private static FlushBatch? t_batch;

    private readonly List<PipeFrameSender> _senders = [];
    private int _depth;
    private int _frames;

    /// <summary>The batch that is open on this thread; null when none is.</summary>
    public static FlushBatch? Current => t_batch is { _depth: > 0 } batch ? batch : null;

    public static void Begin() => (t_batch ??= new FlushBatch())._depth++;

    public static void End()
    {
        if (t_batch is { } batch && --batch._depth == 0)
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
