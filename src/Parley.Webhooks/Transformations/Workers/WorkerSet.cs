namespace Parley.Webhooks.Transformations.Workers;

/// <summary>All workers of a pool, and those among them that have nothing to do, which end after a while.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class WorkerSet(TimeSpan idleTime, TimeProvider time) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly HashSet<WorkerProcess> _all = [];
    private readonly List<IdleWorker> _idle = [];
    private bool _isClosed;

    /// <summary>Nothing starts any more.</summary>
    public bool IsClosed
    {
        get
        {
            lock (_gate)
                return _isClosed;
        }
    }

    /// <summary>The ids of all processes that may still run.</summary>
    public int[] ProcessIds
    {
        get
        {
            lock (_gate)
                return [.. _all.Select(static worker => worker.Id)];
        }
    }

    /// <summary>Takes a worker that has nothing to do: the last one that had, so that those which are not needed come to their end.</summary>
    /// <returns>Null when there is none.</returns>
    public WorkerProcess? Take()
    {
        lock (_gate)
        {
            while (_idle.Count > 0)
            {
                var (worker, timer) = _idle[^1];
                _idle.RemoveAt(_idle.Count - 1);
                timer.Dispose();
                if (!worker.HasExited) return worker;
                _ = RemoveAsync(worker);
            }

            return null;
        }
    }

    /// <summary>Takes in a worker that was just started, and is busy.</summary>
    /// <returns>False when everything ends, the worker too.</returns>
    public bool TryAdd(WorkerProcess worker)
    {
        lock (_gate)
            return !_isClosed && _all.Add(worker);
    }

    /// <summary>Gives a worker back whose work is done.</summary>
    public void Put(WorkerProcess worker)
    {
        lock (_gate)
        {
            // Whoever closes ends all workers, this one too.
            if (_isClosed) return;
            var timer = time.CreateTimer(End, worker, idleTime, Timeout.InfiniteTimeSpan);
            _idle.Add(new IdleWorker(worker, timer));
        }
    }

    /// <summary>Ends a worker and waits until it is gone.</summary>
    public async Task RemoveAsync(WorkerProcess worker)
    {
        await worker.DisposeAsync().ConfigureAwait(false);
        lock (_gate)
            _all.Remove(worker);
    }

    /// <summary>Ends all workers, busy ones too, and waits until they are gone.</summary>
    public async ValueTask DisposeAsync()
    {
        WorkerProcess[] workers;
        lock (_gate)
        {
            _isClosed = true;
            foreach (var (_, timer) in _idle)
                timer.Dispose();
            _idle.Clear();
            workers = [.. _all];
        }

        foreach (var worker in workers)
            worker.Kill();
        await Task.WhenAll(workers.Select(RemoveAsync)).ConfigureAwait(false);
    }

    private void End(object? state)
    {
        var worker = (WorkerProcess)state!;
        lock (_gate)
        {
            // It may have been taken while its timer went off.
            var index = _idle.FindIndex(idle => idle.Worker == worker);
            if (index < 0) return;
            _idle[index].Timer.Dispose();
            _idle.RemoveAt(index);
        }

        _ = RemoveAsync(worker);
    }

    private sealed record IdleWorker(WorkerProcess Worker, ITimer Timer);
}
