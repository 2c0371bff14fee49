using System.Threading.Channels;

namespace Parley.Client.Dispatch;

/// <summary>Calls the application, one call after the other, in the order in which things happened.</summary>
/// <param name="onFault">Told of what a handler threw.</param>
internal sealed class EventDispatcher(Action<Exception> onFault)
{
    /// <summary>Calls that may wait before no more is read from the connection.</summary>
    public const int Limit = 1024;

    /// <summary>The same while commands wait for replies, which come behind what else the server has sent.</summary>
    public const int HardLimit = 16 * Limit;

    private readonly Channel<Func<ValueTask>> _calls = Channel.CreateUnbounded<Func<ValueTask>>(new() { SingleReader = true });
    private readonly AsyncLocal<bool> _isInside = new();
    private readonly Lock _gate = new();
    private TaskCompletionSource _changed = NewSource();
    private Task? _running;
    private int _waiting;

    /// <summary>Whether the caller runs in a call, or was started by one.</summary>
    public bool IsInside => _isInside.Value;

    /// <summary>Calls that wait, the running one included.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    public void Post(Action call) => Post(() =>
    {
        call();
        return ValueTask.CompletedTask;
    });

    /// <summary>Calls the handlers that an event has now, each of them whatever the others throw.</summary>
    public void Raise<T>(EventHandler<T>? handlers, object sender, T args)
    {
        foreach (var handler in Delegate.EnumerateInvocationList(handlers))
        {
            try
            {
                handler(sender, args);
            }
#pragma warning disable CA1031 // Whatever a handler throws, the others are called.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                onFault(exception);
            }
        }
    }

    /// <summary>The next call begins when this one's task is done.</summary>
    public void Post(Func<ValueTask> call)
    {
        Interlocked.Increment(ref _waiting);
        if (!_calls.Writer.TryWrite(call))
        {
            Interlocked.Decrement(ref _waiting);
            return;
        }

        if (Volatile.Read(ref _running) is null) Start();
    }

    /// <summary>Waits while the application is so far behind that reading on would only fill memory.</summary>
    /// <param name="isAwaited">Whether somebody waits for what is read next; asked again after <see cref="Wake"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask WaitForRoomAsync(Func<bool> isAwaited, CancellationToken cancellationToken)
    {
        while (Waiting >= Limit)
        {
            Task changed;
            lock (_gate) changed = _changed.Task;
            var waiting = Waiting;
            if (waiting < Limit || (waiting < HardLimit && isAwaited())) return;
            await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Lets those who wait for room look again.</summary>
    public void Wake()
    {
        TaskCompletionSource changed;
        lock (_gate)
        {
            changed = _changed;
            _changed = NewSource();
        }

        changed.TrySetResult();
    }

    /// <summary>Takes no more calls, and waits for those that were posted.</summary>
    public Task CompleteAsync()
    {
        _calls.Writer.TryComplete();
        return Volatile.Read(ref _running) ?? Task.CompletedTask;
    }

    private void Start()
    {
        lock (_gate)
        {
            // Neither the culture nor the locals of whoever came first belong to the calls.
            using (ExecutionContext.SuppressFlow()) _running ??= Task.Run(RunAsync);
        }
    }

    private async Task RunAsync()
    {
        _isInside.Value = true;
        await foreach (var call in _calls.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            await call().ConfigureAwait(false);
            var waiting = Interlocked.Decrement(ref _waiting);
            if (waiting is Limit - 1 or HardLimit - 1) Wake();
        }
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
