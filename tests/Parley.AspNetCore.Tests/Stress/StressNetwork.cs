using System.Collections.Concurrent;

namespace Parley.AspNetCore.Tests.Stress;

/// <summary>Threads that end the flushes which did not complete at once.</summary>
internal sealed class StressNetwork : IDisposable
{
    private readonly BlockingCollection<StressOutput> _pending = [];
    private readonly Thread[] _threads;

    public StressNetwork(int threads)
    {
        _threads = [.. Enumerable.Range(0, threads).Select(_ => new Thread(Run) { IsBackground = true })];
        foreach (var thread in _threads)
            thread.Start();
    }

    /// <summary>What failed on a thread; null: nothing.</summary>
    public Exception? Failure { get; private set; }

    public void Add(StressOutput output) => _pending.Add(output);

    public void Dispose()
    {
        _pending.CompleteAdding();
        foreach (var thread in _threads)
            thread.Join();
        _pending.Dispose();
    }

    private void Run()
    {
        foreach (var output in _pending.GetConsumingEnumerable())
        {
            try
            {
                output.Complete();
            }
            catch (Exception exception)
            {
                Failure = exception;
            }
        }
    }
}
