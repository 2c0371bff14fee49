namespace Parley.Specifications.Brokers;

public abstract partial class BrokerSpecification
{
    [Fact]
    public async Task Publications_expire_together_counted_from_the_newest()
    {
        var node = await StartNodeAsync();
        var channel = NewChannel();
        await node.PublishAsync(channel, "1"); // history is kept for ten units
        await AdvanceAsync(6 * Unit);
        await node.PublishAsync(channel, "2");

        await AdvanceAsync(8 * Unit);
        Assert.Equal(["1", "2"], await node.ReadTextsAsync(channel));
        await AdvanceAsync(3 * Unit);
        Assert.Empty(await node.ReadTextsAsync(channel));
    }

    [Fact]
    public async Task A_stream_outlives_its_publications_and_tells_who_missed_some()
    {
        var node = await StartNodeAsync();
        var channel = NewChannel();
        await node.PublishManyAsync(channel, 3);
        var top = (await node.ReadAsync(channel)).Top;

        await AdvanceAsync(11 * Unit);

        var missed = await node.ReadAsync(channel, top with { Offset = 2 });
        Assert.Equal((false, top), (missed.IsComplete, missed.Top));
        Assert.Empty(missed.Publications);
        Assert.True((await node.ReadAsync(channel, top)).IsComplete);
        Assert.False((await node.ReadAsync(channel, new StreamPosition(0, ""))).IsComplete);
        Assert.Equal(top with { Offset = 4 }, (await node.PublishAsync(channel, "4")).Position);
        Assert.Equal(["4"], await node.ReadTextsAsync(channel, top));
    }

    [Fact]
    public async Task An_untouched_stream_ends_and_the_next_one_has_another_epoch()
    {
        var node = await StartNodeAsync();
        var channel = NewChannel();
        await node.PublishManyAsync(channel, 3);
        var top = (await node.ReadAsync(channel)).Top;

        await AdvanceAsync(101 * Unit);

        var next = (await node.PublishAsync(channel, "x")).Position;
        Assert.Equal(1ul, next.Offset);
        Assert.NotEqual(top.Epoch, next.Epoch);
        Assert.False((await node.ReadAsync(channel, top)).IsComplete);
        Assert.False((await node.ReadAsync(channel, top with { Offset = 0 })).IsComplete);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_stream_that_is_read_or_published_to_lives_on(bool read)
    {
        var node = await StartNodeAsync();
        var channel = NewChannel();
        var epoch = (await node.PublishAsync(channel, "x")).Position.Epoch;

        for (var i = 0; i < 3; i++)
        {
            await AdvanceAsync(60 * Unit);
            Assert.Equal(epoch, read
                ? (await node.ReadAsync(channel, limit: 0)).Top.Epoch
                : (await node.PublishAsync(channel, "x")).Position.Epoch);
        }
    }

    [Fact]
    public async Task A_stream_lives_at_least_as_long_as_its_publications()
    {
        var node = await StartNodeAsync();
        var channel = NewChannel();
        var published = await node.PublishAsync(channel, "x", request => request with { HistoryMetaTtl = Unit });

        await AdvanceAsync(5 * Unit);

        var page = await node.ReadAsync(channel);
        Assert.Equal(published.Position, page.Top);
        Assert.Equal(["x"], BrokerNode.Texts(page));
    }
}
