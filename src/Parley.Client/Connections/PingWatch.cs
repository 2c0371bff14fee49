namespace Parley.Client.Connections;

/// <summary>Notices a server that has become silent.</summary>
internal sealed class PingWatch(TimeProvider time, Lock gate)
{
    private readonly OneShotTimer _timer = new(time, gate);
    private TimeSpan _limit;
    private long _lastTraffic;
    private Action? _onSilence;

    public bool IsAnswerWanted { get; private set; }

    /// <param name="limit">Longest silence.</param>
    /// <param name="isAnswerWanted">Whether the server counts pongs.</param>
    /// <param name="onSilence">Called holding the gate.</param>
    public void Begin(TimeSpan limit, bool isAnswerWanted, Action onSilence)
    {
        _limit = limit;
        IsAnswerWanted = isAnswerWanted;
        _onSilence = onSilence;
        NoteTraffic();
        _timer.Set(limit, Check);
    }

    public void NoteTraffic() => _lastTraffic = time.GetTimestamp();

    public void Pause() => _timer.Cancel();

    public void Resume()
    {
        if (_onSilence is null) return;
        NoteTraffic();
        _timer.Set(_limit, Check);
    }

    public void End()
    {
        _onSilence = null;
        _timer.Cancel();
    }

    // One timer that looks back is cheaper than one that is set with every frame.
    private void Check()
    {
        var left = _limit - time.GetElapsedTime(_lastTraffic);
        if (left > TimeSpan.Zero) _timer.Set(left, Check);
        else _onSilence?.Invoke();
    }
}
