using System.IO.Pipelines;
using System.Threading.Tasks.Sources;
using Parley.AspNetCore.Transports.Sending;

namespace Parley.AspNetCore.Tests.Stress;

/// <summary>A way to a client that now and then takes its time, or stands still, or breaks.</summary>
/// <param name="network">Ends what takes its time.</param>
/// <param name="random">Decides when. Used under the lock of the sender.</param>
internal sealed class StressOutput(StressNetwork network, Random random) : FrameOutput
{
    private readonly Lock _gate = new();
    private readonly List<byte[]> _written = [];
    private PendingFlush? _pending;
    private bool _isStalled;
    private bool _isBroken;

    /// <summary>What was sent, for when all is at rest.</summary>
    public List<Received> Sent { get; } = [];

    /// <summary>A breach of the contract between sender and output; null: none.</summary>
    public string? Breach { get; private set; }

    /// <summary>Whether nothing was written that has not been sent.</summary>
    public bool IsAtRest
    {
        get
        {
            lock (_gate)
                return (_written.Count == 0 && _pending is null) || _isBroken;
        }
    }

    public override void Write(byte[] frame)
    {
        lock (_gate)
        {
            if (_pending is not null)
                Breach = "written while a flush was under way";
            _written.Add(frame);
        }
    }

    public override ValueTask<FlushResult> FlushAsync()
    {
        PendingFlush pending;
        lock (_gate)
        {
            if (_isBroken)
                throw new IOException("broken");
            if (_pending is not null)
                Breach = "two flushes at once";
            foreach (var frame in _written)
                Sent.Add(StressFormat.Read(frame));
            _written.Clear();
            if (!_isStalled && random.Next(6) > 0)
                return default;
            _pending = pending = new PendingFlush();
            if (!_isStalled)
                network.Add(this);
        }

        return new ValueTask<FlushResult>(pending, 0);
    }

    public override void CancelPendingFlush()
    {
    }

    /// <summary>From now on the client does not read.</summary>
    public void Stall()
    {
        lock (_gate)
            _isStalled = true;
    }

    /// <summary>From now on it reads.</summary>
    public void Resume()
    {
        lock (_gate)
        {
            if (_isStalled && _pending is not null)
                network.Add(this);
            _isStalled = false;
        }
    }

    /// <summary>From now on nothing gets through.</summary>
    public void Break()
    {
        lock (_gate)
            _isBroken = true;
        Resume();
    }

    /// <summary>The flush that is under way has ended.</summary>
    public void Complete()
    {
        PendingFlush? pending;
        bool isBroken;
        lock (_gate)
            (pending, _pending, isBroken) = (_pending, null, _isBroken);
        pending?.Complete(isBroken);
    }

    /// <summary>Goes on within <see cref="Complete"/>, or where it is waited for if that was later.</summary>
    private sealed class PendingFlush : IValueTaskSource<FlushResult>
    {
        private static readonly Action Done = static () => { };

        private Action? _continuation;
        private volatile bool _isCompleted;
        private bool _isBroken;

        public void Complete(bool isBroken)
        {
            _isBroken = isBroken;
            _isCompleted = true;
            Interlocked.Exchange(ref _continuation, Done)?.Invoke();
        }

        public FlushResult GetResult(short token) => _isBroken ? throw new IOException("broken") : default;

        public ValueTaskSourceStatus GetStatus(short token) =>
            !_isCompleted ? ValueTaskSourceStatus.Pending : _isBroken ? ValueTaskSourceStatus.Faulted : ValueTaskSourceStatus.Succeeded;

        public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
        {
            if (Interlocked.CompareExchange(ref _continuation, () => continuation(state), null) is not null)
                continuation(state);
        }
    }
}
