using Parley.Presence;
using Parley.Specifications.Presence;

namespace Parley.Tests.Presence;

public sealed class MemoryPresenceStoreTests : PresenceStoreSpecification
{
    protected override ValueTask<IPresenceStore> CreateNodeAsync() => ValueTask.FromResult<IPresenceStore>(new MemoryPresenceStore());

    // Nothing in it depends on time.
    protected override ValueTask AdvanceAsync(TimeSpan time) => ValueTask.CompletedTask;

    [Fact]
    public async Task A_channel_is_forgotten_with_its_last_member()
    {
        var store = new MemoryPresenceStore();
        await store.AddAsync("a", new ClientInfo("", "1"));
        await store.AddAsync("b", new ClientInfo("", "1"));
        Assert.Equal(2, store.ChannelCount);

        await store.RemoveAsync("a", "1");
        await store.RemoveAsync("c", "1");
        await store.CountAsync("d");
        await store.ListAsync("e");

        Assert.Equal(1, store.ChannelCount);
    }

    [Fact]
    public async Task A_member_added_while_the_last_one_leaves_is_not_lost()
    {
        var store = new MemoryPresenceStore();

        await Task.WhenAll(Enumerable.Range(0, 4).Select(worker => Task.Run(async () =>
        {
            for (var round = 0; round < 5_000; round++)
            {
                await store.AddAsync("channel", new ClientInfo($"{worker}", $"{worker}"));
                Assert.Contains($"{worker}", await store.ListAsync("channel"));
                await store.RemoveAsync("channel", $"{worker}");
            }
        })));

        Assert.Equal(0, store.ChannelCount);
    }
}
