using Parley.Sessions;

namespace Parley.Tests.Sessions;

public sealed class FlushRoundTests
{
    [Fact]
    public void Round_EndsAfterItsLastConnection_AndTellsOnce()
    {
        var told = new List<string>();
        var end = new End(() => told.Add($"end {FlushRound.Count}"));
        var connections = Make(3, number =>
        {
            told.Add($"{number} of {FlushRound.Count}");
            FlushRound.EndWith(end);
        });

        FlushRound.Flush(connections);

        Assert.Equal(["0 of 3", "1 of 3", "2 of 3", "end 0"], told);
        Assert.Empty(connections);
    }

    [Fact]
    public void LongList_IsFlushedInRoundsThatHaveAnEndEach()
    {
        var flushed = 0;
        var ends = new List<int>();
        var end = new End(() => ends.Add(flushed));

        FlushRound.Flush(Make((2 * FlushRound.MaxConnections) + 1, _ =>
        {
            flushed++;
            FlushRound.EndWith(end);
        }));

        Assert.Equal([FlushRound.MaxConnections, 2 * FlushRound.MaxConnections, (2 * FlushRound.MaxConnections) + 1], ends);
    }

    [Fact]
    public void RoundWithinARound_LeavesTheOuterOneItsEnd()
    {
        var told = new List<string>();
        var end = new End(() => told.Add("end"));

        FlushRound.Flush(Make(2, number =>
        {
            FlushRound.EndWith(end);
            FlushRound.Flush(Make(1, _ => told.Add($"inner of {number}, {FlushRound.Count}")));
        }));

        Assert.Equal(["inner of 0, 2", "inner of 1, 2", "end"], told);
    }

    [Fact]
    public void ConnectionThatIsAddedByAnother_IsFlushedToo()
    {
        var flushed = new List<int>();
        List<IFlushable> connections = null!;
        connections = Make(1, number =>
        {
            flushed.Add(number);
            connections.AddRange(Make(1, _ => flushed.Add(100)));
        });

        FlushRound.Flush(connections);

        Assert.Equal([0, 100], flushed);
    }

    private static List<IFlushable> Make(int count, Action<int> onFlush) =>
        [.. Enumerable.Range(0, count).Select(number => new Connection(() => onFlush(number)))];

    private sealed class Connection(Action onFlush) : IFlushable
    {
        public void FlushPutOff() => onFlush();
    }

    private sealed class End(Action onEnd) : IFlushRoundEnd
    {
        public void OnRoundEnd() => onEnd();
    }
}
