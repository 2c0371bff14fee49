using Parley.Brokers;

namespace Parley.Specifications.Brokers;

public abstract partial class BrokerSpecification
{
    [Theory]
    [InlineData(100)]
    [InlineData(0)]
    public async Task A_key_used_again_is_answered_like_the_first_time_and_not_published(int historySize)
    {
        var (publisher, reader, channel) = await StartSubscribedAsync();
        BrokerPublishRequest With(BrokerPublishRequest request, string? key) => request with { IdempotencyKey = key, HistorySize = historySize };

        var first = await publisher.PublishAsync(channel, "1", request => With(request, "key"));
        await publisher.PublishAsync(channel, "2", request => With(request, null));
        await publisher.PublishAsync(channel, "3", request => With(request, "another"));
        var again = await reader.PublishAsync(channel, "again", request => With(request, "key"));
        await publisher.PublishAsync(channel, "4", request => With(request, null));

        Assert.False(first.IsSuppressed);
        Assert.Equal(first with { IsSuppressed = true }, again);
        Assert.Equal(Numbers(1, 4), Texts(await reader.Events.WaitAsync(channel, 4)));
        Assert.Equal(historySize == 0 ? [] : Numbers(1, 4), await reader.ReadTextsAsync(channel));
    }

    [Fact]
    public async Task A_key_counts_in_its_channel_only()
    {
        var node = await StartNodeAsync();

        Assert.All(
            await Task.WhenAll(Enumerable.Range(0, 3).Select(_ =>
                node.PublishAsync(NewChannel(), "x", request => request with { IdempotencyKey = "key" }).AsTask())),
            result => Assert.False(result.IsSuppressed));
    }

    [Fact]
    public async Task A_key_is_remembered_though_the_history_has_been_removed()
    {
        var node = await StartNodeAsync();
        var channel = NewChannel();
        var first = await node.PublishAsync(channel, "x", request => request with { IdempotencyKey = "key" });

        await node.Broker.RemoveHistoryAsync(channel);

        Assert.Equal(
            first with { IsSuppressed = true },
            await node.PublishAsync(channel, "x", request => request with { IdempotencyKey = "key" }));
    }

    [Fact]
    public async Task A_key_is_remembered_for_its_window()
    {
        var (publisher, reader, channel) = await StartSubscribedAsync();
        ValueTask<PublishResult> Publish(string text, string key, int window) => publisher.PublishAsync(
            channel, text, request => request with { IdempotencyKey = key, IdempotencyWindow = window * Unit });
        await Publish("1", "long", 50);
        await Publish("2", "short", 5);

        await AdvanceAsync(3 * Unit);
        Assert.True((await Publish("x", "short", 5)).IsSuppressed);
        await AdvanceAsync(3 * Unit);
        Assert.False((await Publish("3", "short", 5)).IsSuppressed);
        Assert.True((await Publish("x", "short", 5)).IsSuppressed);
        Assert.True((await Publish("x", "long", 5)).IsSuppressed);
        await AdvanceAsync(42 * Unit);
        Assert.True((await Publish("x", "long", 5)).IsSuppressed);
        Assert.False((await Publish("4", "short", 5)).IsSuppressed);
        await AdvanceAsync(3 * Unit);
        Assert.False((await Publish("5", "long", 5)).IsSuppressed);
        Assert.True((await Publish("x", "short", 5)).IsSuppressed);

        Assert.Equal(Numbers(1, 5), Texts(await reader.Events.WaitAsync(channel, 5)));
    }

    [Fact]
    public async Task Of_many_publishers_with_one_key_one_publishes_and_all_get_its_position()
    {
        var (first, second, channel) = await StartSubscribedAsync();
        var start = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var publishers = Enumerable.Range(0, 16).Select(i => Task.Run(async () =>
        {
            await start.Task;
            return await (i % 2 == 0 ? first : second).PublishAsync(channel, "x", request => request with { IdempotencyKey = "key" });
        })).ToArray();

        start.SetResult();
        var results = await Task.WhenAll(publishers);

        Assert.Single(results, result => !result.IsSuppressed);
        Assert.Equal(1ul, Assert.Single(results.Select(result => result.Position).Distinct()).Offset);
        Assert.Equal(["x"], await first.ReadTextsAsync(channel));
    }

    [Theory]
    [InlineData(100)]
    [InlineData(0)]
    public async Task A_version_that_is_not_above_the_last_is_dropped(int historySize)
    {
        var (publisher, reader, channel) = await StartSubscribedAsync();
        ValueTask<PublishResult> Publish(string text, ulong version) => publisher.PublishAsync(
            channel, text, request => request with { Version = version, HistorySize = historySize });

        Assert.False((await Publish("1", 5)).IsSuppressed);
        var second = await Publish("2", 7);
        Assert.Equal(second with { IsSuppressed = true }, await Publish("x", 7));
        Assert.Equal(second with { IsSuppressed = true }, await Publish("x", 6));
        var unversioned = await Publish("3", 0);
        Assert.False(unversioned.IsSuppressed);
        Assert.Equal(unversioned with { IsSuppressed = true }, await Publish("x", 7));
        Assert.False((await Publish("4", 8)).IsSuppressed);

        Assert.Equal(Numbers(1, 4), Texts(await reader.Events.WaitAsync(channel, 4)));
        Assert.Equal(historySize == 0 ? [] : Numbers(1, 4), await reader.ReadTextsAsync(channel));
    }

    [Fact]
    public async Task A_new_version_epoch_starts_over()
    {
        var node = await StartNodeAsync();
        var channel = NewChannel();
        async Task<bool> IsSuppressed(ulong version, string? epoch) => (await node.PublishAsync(
            channel, "x", request => request with { Version = version, VersionEpoch = epoch })).IsSuppressed;

        Assert.False(await IsSuppressed(9, null));
        Assert.False(await IsSuppressed(3, "a"));
        Assert.True(await IsSuppressed(3, "a"));
        Assert.False(await IsSuppressed(4, "a"));
        Assert.False(await IsSuppressed(1, "b"));
        Assert.True(await IsSuppressed(1, "b"));
    }

    [Fact]
    public async Task Versions_are_forgotten_with_the_stream()
    {
        var node = await StartNodeAsync();
        var channel = NewChannel();
        await node.PublishAsync(channel, "x", request => request with { Version = 5 });

        await AdvanceAsync(90 * Unit);
        Assert.True((await node.PublishAsync(channel, "x", request => request with { Version = 5 })).IsSuppressed);
        await AdvanceAsync(101 * Unit);
        Assert.False((await node.PublishAsync(channel, "x", request => request with { Version = 5 })).IsSuppressed);
    }

    [Fact]
    public async Task An_outdated_version_sent_again_with_its_key_is_answered_like_the_first_time()
    {
        var node = await StartNodeAsync();
        var channel = NewChannel();
        await node.PublishAsync(channel, "1", request => request with { Version = 5 });
        var first = await node.PublishAsync(channel, "x", request => request with { Version = 4, IdempotencyKey = "key" });
        await node.PublishAsync(channel, "2", request => request with { Version = 6 });

        var again = await node.PublishAsync(channel, "x", request => request with { Version = 4, IdempotencyKey = "key" });

        Assert.Equal(1ul, first.Position.Offset);
        Assert.Equal(first, again);
    }
}
