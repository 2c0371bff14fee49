namespace Parley.Specifications.Brokers;

public abstract partial class BrokerSpecification
{
    [Fact]
    public async Task History_is_read_from_the_oldest_in_order_and_reading_takes_nothing_away()
    {
        var (publisher, reader) = await StartNodesAsync();
        var channel = NewChannel();
        await publisher.PublishManyAsync(channel, 5);

        for (var i = 0; i < 2; i++)
        {
            var page = await reader.ReadAsync(channel);
            Assert.Equal(Numbers(1, 5), BrokerNode.Texts(page));
            Assert.Equal([1, 2, 3, 4, 5], page.Publications.Select(p => p.Offset));
            Assert.Equal(5ul, page.Top.Offset);
            Assert.All(page.Publications, p => Assert.Equal(page.Top.Epoch, p.Epoch));
            Assert.True(page.IsComplete);
        }
    }

    [Theory]
    [InlineData(null, 3, false, "1 2 3")]
    [InlineData(null, -1, false, "1 2 3 4 5")]
    [InlineData(null, 100, false, "1 2 3 4 5")]
    [InlineData(null, 0, false, "")]
    [InlineData(null, 2, true, "5 4")]
    [InlineData(null, -1, true, "5 4 3 2 1")]
    [InlineData(2, -1, false, "3 4 5")]
    [InlineData(2, 2, false, "3 4")]
    [InlineData(2, 0, false, "")]
    [InlineData(0, -1, false, "1 2 3 4 5")]
    [InlineData(5, -1, false, "")]
    [InlineData(4, -1, true, "3 2 1")]
    [InlineData(4, 2, true, "3 2")]
    [InlineData(5, -1, true, "4 3 2 1")]
    [InlineData(1, -1, true, "")]
    [InlineData(0, -1, true, "")]
    public async Task A_read_keeps_to_its_position_limit_and_direction(int? since, int limit, bool reverse, string expected)
    {
        var node = await StartNodeAsync();
        var channel = NewChannel();
        await node.PublishManyAsync(channel, 5);
        var top = (await node.ReadAsync(channel)).Top;

        // An empty epoch stands for the one there is.
        foreach (var epoch in new[] { top.Epoch, "" })
        {
            var page = await node.ReadAsync(channel, since is { } offset ? new StreamPosition((ulong)offset, epoch) : null, limit, reverse);
            Assert.Equal(expected, string.Join(' ', BrokerNode.Texts(page)));
            Assert.Equal(top, page.Top);
            Assert.True(page.IsComplete);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Pages_follow_each_other_without_gap_or_repeat(bool reverse)
    {
        var node = await StartNodeAsync();
        var channel = NewChannel();
        await node.PublishManyAsync(channel, 10);

        var read = new List<string>();
        StreamPosition? since = null;
        while (await node.ReadAsync(channel, since, limit: 3, reverse) is { Publications.Count: > 0 } page)
        {
            Assert.True(page.IsComplete);
            read.AddRange(BrokerNode.Texts(page));
            since = new StreamPosition(page.Publications[^1].Offset, page.Top.Epoch);
        }

        Assert.Equal(reverse ? Numbers(1, 10).Reverse() : Numbers(1, 10), read);
    }

    [Theory]
    [InlineData(0, false, false, null)]
    [InlineData(5, false, false, null)]
    [InlineData(6, false, true, "7 8 9 10")]
    [InlineData(9, false, true, "10")]
    [InlineData(10, false, true, "")]
    [InlineData(11, false, false, null)]
    [InlineData(long.MaxValue, false, false, null)]
    [InlineData(10, true, true, "9 8 7")]
    [InlineData(8, true, true, "7")]
    [InlineData(7, true, false, null)]
    [InlineData(3, true, false, null)]
    [InlineData(1, true, true, "")]
    [InlineData(0, true, true, "")]
    [InlineData(11, true, false, null)]
    public async Task A_trimmed_history_can_be_continued_only_where_the_next_publication_is_kept(
        long since, bool reverse, bool isComplete, string? expected)
    {
        var node = await StartNodeAsync();
        var channel = NewChannel();
        await node.PublishManyAsync(channel, 10, historySize: 4); // 7 to 10 are kept
        var top = (await node.ReadAsync(channel)).Top;

        foreach (var epoch in new[] { top.Epoch, "" })
        {
            var position = new StreamPosition((ulong)since, epoch);
            var page = await node.ReadAsync(channel, position, limit: -1, reverse);
            Assert.Equal(isComplete, page.IsComplete);
            Assert.Equal(expected ?? "", string.Join(' ', BrokerNode.Texts(page)));
            Assert.Equal(top, page.Top);

            // Whether one can go on does not depend on how much is asked for.
            Assert.Equal(isComplete, (await node.ReadAsync(channel, position, limit: 0, reverse)).IsComplete);
            Assert.Equal(isComplete, (await node.ReadAsync(channel, position, limit: 1, reverse)).IsComplete);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_trimmed_history_read_from_no_position_is_complete(bool reverse)
    {
        var node = await StartNodeAsync();
        var channel = NewChannel();
        await node.PublishManyAsync(channel, 10, historySize: 4);

        var page = await node.ReadAsync(channel, reverse: reverse);

        Assert.True(page.IsComplete);
        Assert.Equal(reverse ? ["10", "9", "8", "7"] : ["7", "8", "9", "10"], BrokerNode.Texts(page));
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(2, false)]
    [InlineData(3, false)]
    [InlineData(2, true)]
    [InlineData(3, true)]
    public async Task A_position_of_another_epoch_cannot_be_continued_from(ulong offset, bool reverse)
    {
        var node = await StartNodeAsync();
        var (channel, other) = (NewChannel(), NewChannel());
        await node.PublishManyAsync(channel, 3);
        await node.PublishManyAsync(other, 3);
        var epoch = (await node.ReadAsync(other)).Top.Epoch;

        var page = await node.ReadAsync(channel, new StreamPosition(offset, epoch), limit: -1, reverse);

        Assert.False(page.IsComplete);
        Assert.Empty(page.Publications);
        Assert.Equal(3ul, page.Top.Offset);
    }

    [Fact]
    public async Task Reading_makes_the_stream_that_publishing_continues()
    {
        var (first, second) = await StartNodesAsync();
        var channel = NewChannel();

        var page = await first.ReadAsync(channel, limit: 0);
        var again = await second.ReadAsync(channel);
        var published = await second.PublishAsync(channel, "x");

        Assert.NotEqual("", page.Top.Epoch);
        Assert.Equal(0ul, page.Top.Offset);
        Assert.True(page.IsComplete);
        Assert.Equal(page.Top, again.Top);
        Assert.Equal(page.Top with { Offset = 1 }, published.Position);
        Assert.Equal(["x"], await first.ReadTextsAsync(channel, page.Top));
    }

    [Fact]
    public async Task In_a_channel_without_a_stream_only_the_beginning_can_be_continued_from()
    {
        var node = await StartNodeAsync();

        Assert.True((await node.ReadAsync(NewChannel(), new StreamPosition(0, ""))).IsComplete);
        Assert.False((await node.ReadAsync(NewChannel(), new StreamPosition(1, ""))).IsComplete);
        Assert.False((await node.ReadAsync(NewChannel(), new StreamPosition(0, "AnyEpoch"))).IsComplete);
    }

    [Fact]
    public async Task The_history_holds_its_size_and_follows_a_new_one_with_the_next_publication()
    {
        var node = await StartNodeAsync();
        var channel = NewChannel();
        await node.PublishManyAsync(channel, 700, historySize: 300);
        Assert.Equal(Numbers(401, 700), await node.ReadTextsAsync(channel));

        await node.PublishAsync(channel, "701", request => request with { HistorySize = 3 });
        Assert.Equal(Numbers(699, 701), await node.ReadTextsAsync(channel));

        await node.PublishAsync(channel, "702", request => request with { HistorySize = 300 });
        await node.PublishAsync(channel, "703", request => request with { HistorySize = 300 });
        Assert.Equal(Numbers(699, 703), await node.ReadTextsAsync(channel));
    }

    [Fact]
    public async Task A_history_of_one_holds_the_newest()
    {
        var node = await StartNodeAsync();
        var channel = NewChannel();

        await node.PublishManyAsync(channel, 3, historySize: 1);

        Assert.Equal(["3"], await node.ReadTextsAsync(channel));
    }

    [Fact]
    public async Task Removing_the_history_leaves_offset_and_epoch()
    {
        var (first, second) = await StartNodesAsync();
        var channel = NewChannel();
        await first.PublishManyAsync(channel, 3);
        var top = (await first.ReadAsync(channel)).Top;

        await second.Broker.RemoveHistoryAsync(channel);

        var page = await first.ReadAsync(channel);
        Assert.Empty(page.Publications);
        Assert.Equal(top, page.Top);
        Assert.True((await first.ReadAsync(channel, top)).IsComplete);
        Assert.False((await first.ReadAsync(channel, top with { Offset = 2 })).IsComplete);
        Assert.Equal(top with { Offset = 4 }, (await first.PublishAsync(channel, "4")).Position);
        Assert.Equal(["4"], await second.ReadTextsAsync(channel, top));
        Assert.False((await second.ReadAsync(channel, top with { Offset = 2 })).IsComplete);
    }

    [Fact]
    public async Task Removing_the_history_of_an_unknown_channel_does_nothing()
    {
        var node = await StartNodeAsync();
        var channel = NewChannel();

        await node.Broker.RemoveHistoryAsync(channel);

        Assert.Equal(0ul, (await node.ReadAsync(channel)).Top.Offset);
    }
}
