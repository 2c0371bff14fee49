namespace Parley.Sessions;

/// <summary>A thread that flushes connections in waves.</summary>
/// <remarks>
/// A wave begins no sooner than a moment after the last one, as network cards moderate their interrupts: under load the moment lets
/// publications gather, so that each connection gets several in one write, which is what a delivery costs. It is no delay for a
/// publication that comes when nothing else does. Measured: without it a closed loop of four publications reaches 0.6 of the rate.
/// </remarks>
internal sealed class FlushWorker
{
    private static readonly TimeSpan Gap = TimeSpan.FromMilliseconds(1);

    /// <summary>A list that grew beyond this is not kept for the next wave.</summary>
    private const int MaxKeptCapacity = 64 * 1024;

    private readonly object _gate = new();
    private List<IFlushable> _waiting = [];

    public FlushWorker() => new Thread(Run) { IsBackground = true, Name = "Parley flush" }.Start();

    /// <summary>Adds connections to the next wave.</summary>
    public void Add(ReadOnlySpan<IFlushable> connections)
    {
        lock (_gate)
        {
            if (_waiting.Count == 0)
                Monitor.Pulse(_gate);
            _waiting.AddRange(connections);
        }
    }

    private void Run()
    {
        FlushRound.IsFlushThread = true;
        var wave = new List<IFlushable>();
        while (true)
        {
            wave = Exchange(wave);
            FlushRound.Flush(wave);
            if (wave.Capacity > MaxKeptCapacity)
                wave.Capacity = 0;

            // The thread is ours and has nothing else to do, so it may block.
            Thread.Sleep(Gap);
        }
    }

    /// <summary>Waits for connections, and takes all of them for an empty list.</summary>
    private List<IFlushable> Exchange(List<IFlushable> empty)
    {
        lock (_gate)
        {
            while (_waiting.Count == 0)
                Monitor.Wait(_gate);
            var wave = _waiting;
            _waiting = empty;
            return wave;
        }
    }
}
