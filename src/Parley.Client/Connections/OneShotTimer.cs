namespace Parley.Client.Connections;

/// <summary>A timer that is set, set anew and cancelled by those who hold the gate, and runs holding it.</summary>
internal sealed class OneShotTimer(TimeProvider time, Lock gate)
{
    private ITimer? _timer;

    public void Set(TimeSpan delay, Action onElapsed)
    {
        Cancel();
        ITimer? timer = null;
        timer = time.CreateTimer(_ => Elapsed(timer!, onElapsed), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer = timer;
        timer.Change(delay, Timeout.InfiniteTimeSpan);
    }

    public void Cancel()
    {
        _timer?.Dispose();
        _timer = null;
    }

    private void Elapsed(ITimer timer, Action onElapsed)
    {
        lock (gate)
        {
            if (_timer != timer) return;
            Cancel();
            onElapsed();
        }
    }
}
