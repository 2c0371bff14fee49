namespace Parley.AspNetCore.Transports.LongPolling;

internal sealed partial class LongPollConnection
{
    private TaskCompletionSource<PollAnswer>? _held;
    private Message? _heldFor;

    /// <summary>Whether a poll is held.</summary>
    public bool IsHeld
    {
        get
        {
            lock (_gate)
                return _held is not null;
        }
    }

    /// <summary>Takes a poll, and answers it when there is something to answer.</summary>
    /// <param name="ack">The last batch that the client has.</param>
    /// <param name="wait">How long it may be held.</param>
    /// <param name="own">The commands that came with it, whose replies it waits for; null: there were none.</param>
    /// <param name="aborted">The client is gone.</param>
    public async ValueTask<PollAnswer> PollAsync(long ack, TimeSpan wait, Message? own, CancellationToken aborted)
    {
        TaskCompletionSource<PollAnswer> held;
        PollAnswer? answer;
        lock (_gate)
        {
            answer = TakePoll(ack, wait, own);
            held = _held!;
        }

        if (answer is { } known)
        {
            if (known.Status == PollStatus.Unknown) End();
            return known;
        }

        await using var registration = aborted.UnsafeRegister(
            static state =>
            {
                var (connection, poll) = ((LongPollConnection, TaskCompletionSource<PollAnswer>))state!;
                connection.Release(poll);
            },
            (this, held));
        return await held.Task;
    }

    /// <summary>Takes note that the client is there.</summary>
    public void Touch()
    {
        lock (_gate)
        {
            if (_held is null) ScheduleSilence();
        }
    }

    /// <returns>Null when the poll is held now.</returns>
    private PollAnswer? TakePoll(long ack, TimeSpan wait, Message? own)
    {
        if (_isEnded) return new PollAnswer(PollStatus.Unknown);
        // Older than one that was here: it was late on its way, and there is nothing to give it.
        if (ack < _batches.Acknowledged) return new PollAnswer(PollStatus.Superseded);
        if (!_batches.TryAcknowledge(ack)) return new PollAnswer(PollStatus.Wrong);

        if (_batches.IsLow) ReleaseDrain();
        // The newer one is the one whose way is known to work.
        Answer(new PollAnswer(PollStatus.Superseded));
        if (IsDelivered) return new PollAnswer(PollStatus.Unknown);

        _heldFor = own;
        if (IsReady)
        {
            ScheduleSilence();
            return TakeBatch();
        }

        if (wait == TimeSpan.Zero)
        {
            ScheduleSilence();
            return new PollAnswer(PollStatus.Empty);
        }

        _held = new TaskCompletionSource<PollAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        Schedule(wait);
        return null;
    }

    /// <summary>
    /// Whether there is a batch to give. What comes of a poll's own commands goes together, unless they cannot go on before it is taken.
    /// </summary>
    private bool IsReady =>
        (_batches.Current is not null || _batches.HasWaiting) && (_heldFor is null or { IsDone: true } || _drained is not null || _isFinished);

    private PollAnswer TakeBatch()
    {
        var batch = _batches.Take();
        return new PollAnswer(PollStatus.Batch, batch, IsLast: _isFinished && !_batches.HasWaiting);
    }

    private void AnswerIfReady()
    {
        if (_held is not null && IsReady) Answer(TakeBatch());
    }

    private void Answer(PollAnswer answer)
    {
        if (_held is not { } held) return;

        _held = null;
        _heldFor = null;
        ScheduleSilence();
        held.TrySetResult(answer);
    }

    /// <summary>Lets a poll go whose client has left; what waits is kept for the next one.</summary>
    private void Release(TaskCompletionSource<PollAnswer> poll)
    {
        lock (_gate)
        {
            if (_held == poll) Answer(new PollAnswer(PollStatus.Empty));
        }
    }
}
