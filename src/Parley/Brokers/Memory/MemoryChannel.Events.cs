using Parley.Sessions;

namespace Parley.Brokers.Memory;

/// <content>
/// The events of the channel, raised one after the other by flat combining: a publisher queues its event, and if nobody raises at the
/// moment, raises what is queued until nothing is left. Whoever comes meanwhile queues and leaves, so that a slow reader holds up one
/// publisher at most.
/// </content>
internal sealed partial class MemoryChannel
{
    /// <summary>Events that may wait; beyond them publishers wait, so that they cannot outrun the readers without end.</summary>
    internal const int MaxPending = 1_024;

    /// <summary>Events that one publisher raises before the thread pool takes over, so that it gets its answer and others their turn.</summary>
    private const int RoundLength = 64;

    /// <summary>
    /// Whether this thread is raising events of any channel now. What a reader publishes from there must neither wait for room that only this
    /// thread can make, nor raise from within, channel in channel, as deep as the stack.
    /// </summary>
    [ThreadStatic]
    private static bool _isRaisingHere;

    private RingBuffer<PendingEvent> _pending;
    private TaskCompletionSource? _room;
    private bool _isRaising;

    private bool HasRoom => _pending.Count < MaxPending || _isRaisingHere;

    /// <summary>Ends when it is worth trying again after <see cref="Attempt.Full"/>.</summary>
    public Task WaitForRoomAsync()
    {
        lock (this)
        {
            if (HasRoom)
                return Task.CompletedTask;

            _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _room.Task;
        }
    }

    void IThreadPoolWorkItem.Execute() => RaisePending();

    private Attempt Enqueue(PendingEvent pending)
    {
        if (!HasRoom)
            return Attempt.Full;

        _pending.Add(pending);
        if (_isRaising)
            return Attempt.Done;

        _isRaising = true;
        return Attempt.MustRaise;
    }

    private Attempt Finish(Attempt attempt)
    {
        if (attempt != Attempt.MustRaise)
            return attempt;

        if (_isRaisingHere)
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        else
            RaisePending();

        return Attempt.Done;
    }

    private void RaisePending()
    {
        _isRaisingHere = true;
        try
        {
            using var batch = FlushBatch.Begin(); // what has gathered meanwhile goes out together
            for (var raised = 0; TryTake(raised, out var pending); raised++)
                Raise(pending);
        }
        finally
        {
            _isRaisingHere = false;
        }
    }

    private bool TryTake(int raised, out PendingEvent pending)
    {
        lock (this)
        {
            pending = default;
            if (_pending.Count == 0)
            {
                _isRaising = false;
                RemoveIfUnused();
                return false;
            }

            if (raised == RoundLength)
            {
                ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
                return false;
            }

            pending = _pending.RemoveFirst();

            // Not at the first free place: each time all that wait are woken.
            if (_room is not null && _pending.Count <= MaxPending / 2)
                OpenRoom();

            return true;
        }
    }

    private void Raise(PendingEvent pending)
    {
        try
        {
            pending.Raise(broker.Events, name);
        }
        catch (Exception exception)
        {
            // Readers promise not to throw. One that does must not silence the channel, or fail a publication that was taken.
            broker.OnReaderFailed(name, exception);
        }
    }

    private void DropPending()
    {
        _pending.Clear();
        OpenRoom();
    }

    private void OpenRoom()
    {
        _room?.SetResult();
        _room = null;
    }
}
