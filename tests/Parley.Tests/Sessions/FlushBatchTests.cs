using Parley.Sessions;

namespace Parley.Tests.Sessions;

public sealed class FlushBatchTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public void Batch_OfFew_IsFlushedByThisThreadAtTheOutermostEnd()
    {
        var connections = Make(5);

        FlushBatch.Begin();
        FlushBatch.Begin();
        Put(connections);
        FlushBatch.End();
        Assert.All(connections, static connection => Assert.Equal(0, connection.Flushes));
        FlushBatch.End();

        Assert.All(connections, static connection => Assert.Equal((1, Environment.CurrentManagedThreadId), (connection.Flushes, connection.Thread)));
        Assert.Null(FlushBatch.Current);
    }

    [Fact]
    public void Batch_OfMany_IsFlushedByOtherThreads_WhileThisOneIsStillInABatch()
    {
        var connections = Make(1000);

        FlushBatch.Begin();
        FlushBatch.Begin();
        Put(connections);
        FlushBatch.End();
        Assert.True(SpinWait.SpinUntil(() => connections.All(static connection => connection.Flushed.IsCompleted), Patience));
        FlushBatch.End();

        Assert.All(connections, static connection => Assert.Equal(1, connection.Flushes));
    }

    [Fact]
    public async Task Queue_WithSeveralWorkers_FlushesEachConnectionOnce()
    {
        var queue = new FlushQueue(3);
        var connections = Make(100);

        queue.Add([.. connections]);

        await Task.WhenAll(connections.Select(static connection => connection.Flushed)).WaitAsync(Patience);
        Assert.All(connections, static connection => Assert.Equal(1, connection.Flushes));
        Assert.Equal(3, connections.Select(static connection => connection.Thread).Distinct().Count());
    }

    private static TestConnection[] Make(int count) => [.. Enumerable.Range(0, count).Select(static _ => new TestConnection())];

    private static void Put(IEnumerable<TestConnection> connections)
    {
        foreach (var connection in connections)
            FlushBatch.Current!.Add(connection);
    }

    private sealed class TestConnection : IFlushable
    {
        private readonly TaskCompletionSource _flushed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Flushes { get; private set; }

        public int Thread { get; private set; }

        public Task Flushed => _flushed.Task;

        public void FlushPutOff()
        {
            Flushes++;
            Thread = Environment.CurrentManagedThreadId;
            _flushed.TrySetResult();
        }
    }
}
