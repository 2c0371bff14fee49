using Microsoft.Extensions.Time.Testing;
using Parley.Brokers.Memory;
using Parley.Specifications.Brokers;
using Parley.Specifications.Brokers.Consistency;

namespace Parley.Tests.Brokers;

public sealed class StreamCheckerTests
{
    private const int Seeds = 30;
    private static readonly TimeSpan Unit = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData(Fault.DropEvent, StreamRule.Gap)]
    [InlineData(Fault.RepeatEvent, StreamRule.Repeat)]
    [InlineData(Fault.SwapEvents, StreamRule.Repeat)]
    [InlineData(Fault.SwapEvents, StreamRule.Gap)]
    [InlineData(Fault.ReusePosition, StreamRule.Fork)]
    [InlineData(Fault.AnswerWithoutPublishing, StreamRule.Fork)]
    [InlineData(Fault.AnswerWithoutPublishing, StreamRule.TimeOrder)]
    [InlineData(Fault.ForgetKept, StreamRule.LostAck)]
    [InlineData(Fault.IgnoreKey, StreamRule.Double)]
    [InlineData(Fault.KeepEpoch, StreamRule.Repeat)]
    public async Task The_checker_finds_a_planted_fault(Fault fault, StreamRule rule)
    {
        var found = new HashSet<StreamRule>();
        for (var seed = 0; seed < Seeds && !found.Contains(rule); seed++)
        {
            var time = new FakeTimeProvider();
            using var memory = new MemoryBroker(time);
            var node = new BrokerNode(new FaultyBroker(memory, fault, seed), Unit);
            await node.Broker.StartAsync(node.Events, TestContext.Current.CancellationToken);
            var operations = new RandomOperations(node, node, Advance, Unit);
            found.UnionWith((await operations.RunAsync("channel", seed)).Select(violation => violation.Rule));

            ValueTask Advance(TimeSpan by)
            {
                time.Advance(by);
                return ValueTask.CompletedTask;
            }
        }

        Assert.Contains(rule, found);
    }

    [Fact]
    public void What_nobody_published_is_a_phantom()
    {
        var checker = new StreamChecker();
        checker.Heard("x", new StreamPosition(1, "epoch"));
        Assert.Equal(StreamRule.Phantom, Assert.Single(checker.Violations).Rule);
    }

    [Fact]
    public void A_reader_that_is_short_of_the_top_is_stale()
    {
        var checker = new StreamChecker();
        var top = new StreamPosition(1, "epoch");
        checker.Answered("x", top, checker.Called("x"));
        checker.Finally(new Parley.Brokers.HistoryPage([new Publication { Data = "x"u8.ToArray(), Offset = 1, Epoch = "epoch" }], top, true), 10);
        Assert.Equal(StreamRule.Stale, Assert.Single(checker.Violations).Rule);
    }

    [Fact]
    public void An_epoch_that_comes_back_is_found()
    {
        var checker = new StreamChecker();
        foreach (var (id, epoch) in new[] { ("1", "a"), ("2", "b"), ("3", "a") })
        {
            checker.Called(id);
            checker.Heard(id, new StreamPosition(1, epoch));
        }

        Assert.Contains(StreamRule.EpochReuse, checker.Violations.Select(violation => violation.Rule));
    }
}
