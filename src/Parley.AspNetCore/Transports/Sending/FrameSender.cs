using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Parley.Sessions;

namespace Parley.AspNetCore.Transports.Sending;

/// <summary>The outgoing half of a connection: frames in order, a bound on what waits, and no thread that waits.</summary>
/// <remarks>
/// Whoever has a frame writes it to the output. When that takes no more, the client is slow for the moment: frames wait here,
/// counted in bytes, and the output's own notice drains them. Idle and fast connections cost no task, timer or queue.
/// Thread-safe; the object is its own lock, as there are many of them.
/// </remarks>
internal sealed partial class FrameSender(ILink link, FrameOutput output, int maxQueuedBytes) : IFlushable, IRoundSender
{
    /// <summary>Frames are put off for one flush only up to here, so that the client can begin to read.</summary>
    private const int MaxPutOffBytes = 16 * 1024;

    /// <summary>Most bytes moved from the queue to the output at once: one that is full at less gains nothing from more.</summary>
    private const int MaxRoundBytes = 64 * 1024;

    /// <summary>A queue that grew beyond this is not kept for the next time.</summary>
    private const int MaxKeptCapacity = 32;

    private FrameOutput _output = output;
    private bool _isUsed;
    private Queue<byte[]>? _queue;
    private long _queuedBytes;
    private int _unflushedBytes;
    private bool _isPutOff;
    private volatile bool _isFinished;
    private volatile bool _isBroken;
    private bool _isFlushing;
    private bool _isInRound; // flushing with others: what comes until the round ends says nothing about the client
    private ValueTaskAwaiter<FlushResult> _flush;
    private Action? _onFlushed;
    private byte[]? _first;
    private TaskCompletionSource? _idle;

    /// <summary>Whether the last frame was taken: what is enqueued now is dropped.</summary>
    public bool IsFinished => _isFinished;

    /// <summary>Whether the output failed or nobody reads it any more.</summary>
    public bool IsBroken => _isBroken;

    /// <inheritdoc cref="IConnection.QueuedBytes"/>
    public long QueuedBytes => Volatile.Read(ref _queuedBytes);

    /// <inheritdoc cref="IConnection.TryEnqueue"/>
    public bool TryEnqueue(Frame frame)
    {
        lock (this)
            return _isFinished || TrySend(frame.Bytes, FlushBatch.Current);
    }

    /// <summary>Takes another output, if nothing was sent by the first one yet.</summary>
    public void TryReplaceOutput(FrameOutput output)
    {
        lock (this)
        {
            if (!_isUsed && !_isFinished) _output = output;
        }
    }

    /// <summary>Ends a flush that waits for the client.</summary>
    public void CancelPendingFlush() => Volatile.Read(ref _output).CancelPendingFlush();

    /// <summary>Enqueues the last frame. Only the first call counts.</summary>
    /// <param name="last">Sent behind what waits; may be empty.</param>
    /// <param name="dropQueued">Whether frames that wait are dropped, which they are also where the last one found no room.</param>
    /// <returns>Whether this was the first call.</returns>
    public bool TryFinish(Frame last, bool dropQueued)
    {
        lock (this)
        {
            if (_isFinished) return false;

            _isFinished = true;
            if (dropQueued) DropQueue();
            if (!last.IsEmpty && !TrySend(last.Bytes))
            {
                DropQueue();
                TrySend(last.Bytes);
            }

            // From now on nothing is put off: the connection may end, and with it the output.
            FlushIfIdle();
            return true;
        }
    }

    /// <summary>Completes when no frame waits for the client, or the output is broken.</summary>
    public Task DrainAsync()
    {
        lock (this)
        {
            if (!_isFlushing) return Task.CompletedTask;

            _idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _idle.Task;
        }
    }

    /// <inheritdoc cref="IConnection.EnqueueFirst"/>
    public void EnqueueFirst(Frame frame)
    {
        lock (this)
        {
            if (_isFinished || _isBroken) return;
            if (_isFlushing) _first = frame.Bytes;
            else TrySend(frame.Bytes, FlushBatch.Current);
        }
    }

    private bool TrySend(byte[] frame, FlushBatch? batch = null)
    {
        if (_isBroken) return true;

        if (_isFlushing)
        {
            // One frame above the bound is no sign of a slow client; a second one behind it is.
            if (_queuedBytes > 0 && _queuedBytes + frame.Length > maxQueuedBytes && !_isInRound) return false;

            (_queue ??= new Queue<byte[]>()).Enqueue(frame);
            _queuedBytes += frame.Length;
            return true;
        }

        Write(frame);
        if (batch is null || _unflushedBytes > MaxPutOffBytes)
        {
            Flush();
            return true;
        }

        if (!_isPutOff)
        {
            _isPutOff = true;
            batch.Add(this);
        }

        return true;
    }

    private void Write(byte[] frame)
    {
        if (_isBroken) return;

        try
        {
            _isUsed = true;
            _output.Write(frame);
            _unflushedBytes += frame.Length;
        }
        catch (Exception)
        {
            Break();
        }
    }

    private void FlushIfIdle()
    {
        if (_unflushedBytes > 0 && !_isFlushing) Flush();
    }

    private void Flush()
    {
        if (_isBroken) return;

        _unflushedBytes = 0;
        ValueTask<FlushResult> flush;
        try
        {
            flush = _output.FlushAsync();
        }
        catch (Exception)
        {
            Break();
            return;
        }

        Await(flush);
    }

    private void Await(ValueTask<FlushResult> flush)
    {
        if (flush.IsCompleted)
        {
            Take(flush.GetAwaiter());
            return;
        }

        _isFlushing = true;
        _flush = flush.GetAwaiter();
        // Nothing may follow: the notice can come on this thread, within this call.
        _flush.UnsafeOnCompleted(_onFlushed ??= OnFlushed);
    }

    private void OnFlushed()
    {
        lock (this)
        {
            var flush = _flush;
            _flush = default;
            _isFlushing = false;
            Take(flush);
            GoOn();
        }
    }

    private void GoOn()
    {
        SendQueued();
        if (_isFlushing) return;
        _idle?.TrySetResult();
        _idle = null;
    }

    private void SendQueued()
    {
        if (_first is { } first)
        {
            _first = null;
            Write(first);
            if (_queue is not { Count: > 0 }) Flush();
        }

        while (_queue is { Count: > 0 } queue && !_isFlushing)
        {
            while (_unflushedBytes < MaxRoundBytes && !_isBroken && queue.TryDequeue(out var frame))
            {
                _queuedBytes -= frame.Length;
                Write(frame);
            }

            if (queue is { Count: 0, Capacity: > MaxKeptCapacity }) _queue = null;
            Flush();
        }
    }

    private void Take(ValueTaskAwaiter<FlushResult> flush)
    {
        try
        {
            if (flush.GetResult() is { IsCompleted: true } or { IsCanceled: true }) Break();
        }
        catch (Exception)
        {
            Break();
        }
    }

    private void Break()
    {
        if (_isBroken) return;

        _isBroken = true;
        DropQueue();
        // Not on this thread, which holds the lock and perhaps locks of the engine.
        ThreadPool.UnsafeQueueUserWorkItem(static link => link.OnBroken(), link, preferLocal: false);
    }

    private void DropQueue()
    {
        _queue = null;
        _queuedBytes = 0;
    }
}
