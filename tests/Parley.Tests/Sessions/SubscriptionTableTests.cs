using Parley.Sessions;

namespace Parley.Tests.Sessions;

public sealed class SubscriptionTableTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(128)]
    public void Subscriptions_AreFoundByTheirChannel_HoweverManyThereAre(int count)
    {
        var table = new SubscriptionTable();
        var all = Enumerable.Range(0, count).Select(static i => new Subscription(null!, $"channel-{i}", isServerSide: false)).ToList();

        foreach (var subscription in all)
            table.Add(subscription);

        Assert.Equal(count, table.Count);
        Assert.All(all, subscription => Assert.Same(subscription, table.Find(new string(subscription.Channel.AsSpan()))));
        Assert.Null(table.Find("channel"));
        Assert.Equal(all, table.ToArray().OrderBy(static subscription => int.Parse(subscription.Channel[8..], null)));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(16)]
    [InlineData(40)]
    public void Removed_AreGone_AndTheOthersAreNot(int count)
    {
        var table = new SubscriptionTable();
        var all = Enumerable.Range(0, count).Select(static i => new Subscription(null!, $"channel-{i}", isServerSide: false)).ToList();
        foreach (var subscription in all)
            table.Add(subscription);

        foreach (var subscription in all.Where(static (_, i) => i % 2 == 0))
            table.Remove(subscription);
        table.Remove(new Subscription(null!, "channel-1", isServerSide: false)); // another than the one that is there

        Assert.Equal(count / 2, table.Count);
        Assert.All(all.Index(), item => Assert.Equal(item.Index % 2 == 0 ? null : item.Item, table.Find(item.Item.Channel)));
        foreach (var subscription in table.ToArray())
            table.Remove(subscription);
        Assert.Equal(0, table.Count);
        Assert.Empty(table.ToArray());
    }
}
