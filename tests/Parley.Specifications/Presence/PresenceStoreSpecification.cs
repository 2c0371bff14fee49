using Parley.Presence;

namespace Parley.Specifications.Presence;

/// <summary>What every <see cref="IPresenceStore"/> does. Inherit it in the tests of a store.</summary>
public abstract class PresenceStoreSpecification : IAsyncDisposable
{
    private readonly List<IPresenceStore> _stores = [];

    /// <summary>Whether several nodes can share one storage. Where not, one node plays both parts.</summary>
    protected virtual bool SpansNodes => false;

    /// <summary>How long members stay without a heartbeat of their node, where they do not stay for ever.</summary>
    protected virtual TimeSpan Lease => TimeSpan.FromMinutes(1);

    /// <summary>Makes the store of a node; all those of one test share their storage.</summary>
    protected abstract ValueTask<IPresenceStore> CreateNodeAsync();

    /// <summary>Lets time pass for storage and nodes.</summary>
    protected abstract ValueTask AdvanceAsync(TimeSpan time);

    /// <summary>A channel that no other test uses.</summary>
    protected virtual string NewChannel() => $"test:{Guid.NewGuid():N}";

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var store in _stores)
        {
            if (store is IAsyncDisposable asyncDisposable)
                await asyncDisposable.DisposeAsync();
            else
                (store as IDisposable)?.Dispose();
        }

        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task An_empty_channel_has_no_members()
    {
        var store = await StartNodeAsync();

        Assert.Empty(await store.ListAsync(NewChannel()));
        Assert.Equal(default, await store.CountAsync(NewChannel()));
    }

    [Fact]
    public async Task A_member_is_listed_by_its_client_id_with_all_that_is_known_of_it()
    {
        var (first, second) = await StartNodesAsync();
        var channel = NewChannel();
        var info = new ClientInfo("user", "client", new byte[] { 1, 0, 2 }, new byte[] { 3 });

        await first.AddAsync(channel, info);

        var (client, listed) = Assert.Single(await second.ListAsync(channel));
        Assert.Equal(("client", "client", "user"), (client, listed.Client, listed.User));
        Assert.Equal(info.ConnectionInfo.ToArray(), listed.ConnectionInfo.ToArray());
        Assert.Equal(info.ChannelInfo.ToArray(), listed.ChannelInfo.ToArray());
    }

    [Fact]
    public async Task A_member_added_again_is_replaced()
    {
        var store = await StartNodeAsync();
        var channel = NewChannel();
        await store.AddAsync(channel, new ClientInfo("before", "client", new byte[] { 1 }));

        await store.AddAsync(channel, new ClientInfo("after", "client", new byte[] { 2 }));

        var listed = Assert.Single(await store.ListAsync(channel)).Value;
        Assert.Equal("after", listed.User);
        Assert.Equal([2], listed.ConnectionInfo.ToArray());
        Assert.Equal(new PresenceStats(1, 1), await store.CountAsync(channel));
    }

    [Fact]
    public async Task Users_are_counted_once_however_many_clients_they_have()
    {
        var (first, second) = await StartNodesAsync();
        var channel = NewChannel();

        await first.AddAsync(channel, new ClientInfo("a", "1"));
        await second.AddAsync(channel, new ClientInfo("a", "2"));
        await first.AddAsync(channel, new ClientInfo("b", "3"));
        Assert.Equal(new PresenceStats(3, 2), await second.CountAsync(channel));

        await first.RemoveAsync(channel, "1");
        Assert.Equal(new PresenceStats(2, 2), await first.CountAsync(channel));
        await second.RemoveAsync(channel, "2");
        Assert.Equal(new PresenceStats(1, 1), await first.CountAsync(channel));
        Assert.Equal(["3"], (await second.ListAsync(channel)).Keys);
    }

    [Fact]
    public async Task Anonymous_clients_are_one_user()
    {
        var store = await StartNodeAsync();
        var channel = NewChannel();

        await store.AddAsync(channel, new ClientInfo("", "1"));
        await store.AddAsync(channel, new ClientInfo("", "2"));
        await store.AddAsync(channel, new ClientInfo("a", "3"));

        Assert.Equal(new PresenceStats(3, 2), await store.CountAsync(channel));
    }

    [Fact]
    public async Task Removing_who_is_not_there_does_nothing()
    {
        var store = await StartNodeAsync();
        var channel = NewChannel();
        await store.RemoveAsync(channel, "nobody");
        await store.AddAsync(channel, new ClientInfo("a", "1"));

        await store.RemoveAsync(channel, "nobody");
        await store.RemoveAsync(NewChannel(), "1");

        Assert.Equal(new PresenceStats(1, 1), await store.CountAsync(channel));
    }

    [Fact]
    public async Task A_member_may_come_back()
    {
        var store = await StartNodeAsync();
        var channel = NewChannel();

        for (var i = 0; i < 3; i++)
        {
            await store.AddAsync(channel, new ClientInfo("a", "1"));
            Assert.Equal(new PresenceStats(1, 1), await store.CountAsync(channel));
            await store.RemoveAsync(channel, "1");
            Assert.Equal(default, await store.CountAsync(channel));
            Assert.Empty(await store.ListAsync(channel));
        }
    }

    [Fact]
    public async Task Channels_and_ids_differ_by_every_character()
    {
        var store = await StartNodeAsync();
        var channel = NewChannel();
        await store.AddAsync(channel, new ClientInfo("a", "x"));
        await store.AddAsync(channel, new ClientInfo("A", "X"));
        await store.AddAsync(channel + "*", new ClientInfo("a", "x:y"));

        Assert.Equal(new PresenceStats(2, 2), await store.CountAsync(channel));
        Assert.Equal(["x:y"], (await store.ListAsync(channel + "*")).Keys);
    }

    [Fact]
    public async Task A_list_is_of_its_moment()
    {
        var store = await StartNodeAsync();
        var channel = NewChannel();
        await store.AddAsync(channel, new ClientInfo("a", "1"));

        var list = await store.ListAsync(channel);
        await store.AddAsync(channel, new ClientInfo("a", "2"));
        await store.RemoveAsync(channel, "1");

        Assert.Equal(["1"], list.Keys);
    }

    [Fact]
    public async Task Members_stay_as_long_as_their_node_keeps_its_heartbeat()
    {
        var (first, second) = await StartNodesAsync();
        var channel = NewChannel();
        await first.AddAsync(channel, new ClientInfo("a", "1"));
        await second.AddAsync(channel, new ClientInfo("b", "2"));

        for (var i = 0; i < 6; i++)
        {
            await AdvanceAsync(Lease / 2);
            await first.HeartbeatAsync();
            await second.HeartbeatAsync();
        }

        Assert.Equal(new PresenceStats(2, 2), await first.CountAsync(channel));
        Assert.Equal(["1", "2"], (await second.ListAsync(channel)).Keys.Order());
    }

    [Fact]
    public async Task Counts_are_right_after_many_came_and_went_at_once()
    {
        var (first, second) = await StartNodesAsync();
        var channel = NewChannel();

        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(async () =>
        {
            var node = worker % 2 == 0 ? first : second;
            for (var round = 0; round < 50; round++)
            {
                for (var i = 0; i < 3; i++)
                    await node.AddAsync(channel, new ClientInfo($"user{i}", $"{worker}-{i}"));
                for (var i = 0; i < 3; i++)
                    await node.RemoveAsync(channel, $"{worker}-{i}");
            }

            await node.AddAsync(channel, new ClientInfo($"user{worker % 3}", $"{worker}"));
        })));

        Assert.Equal(new PresenceStats(8, 3), await first.CountAsync(channel));
        Assert.Equal(Enumerable.Range(0, 8).Select(worker => $"{worker}"), (await second.ListAsync(channel)).Keys.Order());
    }

    private async Task<IPresenceStore> StartNodeAsync()
    {
        var store = await CreateNodeAsync();
        _stores.Add(store);
        return store;
    }

    private async Task<(IPresenceStore First, IPresenceStore Second)> StartNodesAsync()
    {
        var first = await StartNodeAsync();
        return (first, SpansNodes ? await StartNodeAsync() : first);
    }
}
