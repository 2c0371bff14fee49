namespace Parley.Webhooks.Outbox.Relaying;

/// <summary>Tells the relay of this process that there is, or will soon be, something to relay. Thread-safe.</summary>
internal sealed class OutboxSignal(TimeProvider time)
{
    private static readonly TimeSpan FirstLook = TimeSpan.FromMilliseconds(10);

    private readonly Lock _lock = new();
    private TaskCompletionSource _woken = NewSource();
    private TimeSpan _nextLook = TimeSpan.MaxValue;

    /// <summary>Rows were committed.</summary>
    public void Wake()
    {
        lock (_lock)
            _woken.TrySetResult();
    }

    /// <summary>Rows were written, and nothing will tell when they are committed: the relay looks soon, and then ever later.</summary>
    public void Expect()
    {
        lock (_lock)
        {
            // One that waits already for a long time begins anew.
            if (_nextLook == TimeSpan.MaxValue)
                _woken.TrySetResult();
            _nextLook = FirstLook;
        }
    }

    /// <summary>Waits until somebody calls, or for some time at most.</summary>
    public async Task WaitAsync(TimeSpan longest, CancellationToken cancellationToken)
    {
        Task woken;
        lock (_lock)
        {
            woken = _woken.Task;
            if (_nextLook < longest)
            {
                longest = _nextLook;
                _nextLook *= 2;
            }
            else
            {
                _nextLook = TimeSpan.MaxValue;
            }
        }

        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(woken, Task.Delay(longest, time, cancellation.Token));
        await cancellation.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            if (_woken.Task.IsCompleted)
                _woken = NewSource();
        }
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
