using Parley.Webhooks.Storage;

namespace Parley.Webhooks.Sqlite;

/// <summary>Bounds what waits in memory for the disk.</summary>
/// <param name="time">Measures how long there is no room.</param>
/// <param name="maxCount">Writes at most.</param>
/// <param name="maxBytes">Bytes at most that they bring; one that is larger has room when there is no other.</param>
internal sealed class WriteRoom(TimeProvider time, int maxCount = 20_000, long maxBytes = 64 * 1024 * 1024)
{
    /// <summary>How long a write waits for room.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private TaskCompletionSource _freed = NewSignal();
    private int _count;
    private long _bytes;
    private bool _isStalled;

    /// <exception cref="WebhookStoreException">There is none, and has not been for a while.</exception>
    public async ValueTask EnterAsync(int bytes, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        while (!TryEnter(bytes, out var freed))
        {
            try
            {
                var left = Patience - time.GetElapsedTime(started);
                await freed.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, time, cancellationToken);
            }
            catch (TimeoutException)
            {
                // Whoever comes now would wait in vain as well, and hold memory meanwhile.
                lock (_lock)
                    _isStalled = !freed.IsCompleted;
                throw Full();
            }
        }
    }

    public void Leave(int count, long bytes)
    {
        TaskCompletionSource freed;
        lock (_lock)
        {
            _count -= count;
            _bytes -= bytes;
            _isStalled = false;
            (freed, _freed) = (_freed, NewSignal());
        }

        freed.SetResult();
    }

    private bool TryEnter(int bytes, out Task freed)
    {
        lock (_lock)
        {
            freed = _freed.Task;
            var hasRoom = _count < maxCount && (_bytes == 0 || _bytes + bytes <= maxBytes);
            if (!hasRoom && _isStalled)
                throw Full();
            if (hasRoom)
            {
                _count++;
                _bytes += bytes;
            }

            return hasRoom;
        }
    }

    private static WebhookStoreException Full() => new(WebhookStoreProblem.Unavailable, "The disk does not keep up: too much waits to be written.");

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
