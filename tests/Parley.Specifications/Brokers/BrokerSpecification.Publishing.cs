using Parley.Brokers;

namespace Parley.Specifications.Brokers;

public abstract partial class BrokerSpecification
{
    [Fact]
    public async Task Offsets_rise_by_one_from_one_within_one_epoch()
    {
        var (first, second) = await StartNodesAsync();
        var channel = NewChannel();

        var positions = new List<StreamPosition>();
        for (var i = 0; i < 5; i++)
            positions.Add((await (i % 2 == 0 ? first : second).PublishAsync(channel, $"{i}")).Position);

        Assert.Equal([1, 2, 3, 4, 5], positions.Select(p => p.Offset));
        Assert.NotEqual("", Assert.Single(positions.Select(p => p.Epoch).Distinct()));
    }

    [Fact]
    public async Task Channels_have_streams_of_their_own()
    {
        var node = await StartNodeAsync();
        var (one, other) = (NewChannel(), NewChannel());

        await node.PublishManyAsync(one, 3);
        var position = (await node.PublishAsync(other, "x")).Position;

        Assert.Equal(1ul, position.Offset);
        Assert.NotEqual((await node.ReadAsync(one)).Top.Epoch, position.Epoch);
        Assert.Equal(["x"], await node.ReadTextsAsync(other));
    }

    [Theory]
    [InlineData(" ")]
    [InlineData("A")]
    [InlineData("a*")]
    [InlineData("{a}")]
    [InlineData("a\r\nb")]
    [InlineData("a\0")]
    [InlineData("a:b#c,d")]
    [InlineData("ä-\u0061\u0308-日本")]
    public async Task A_channel_is_no_other_however_it_is_written(string end)
    {
        var (publisher, reader) = await StartNodesAsync();
        var channel = NewChannel();
        await reader.Broker.SubscribeAsync(channel + end);
        await reader.Broker.SubscribeAsync(channel + "a");

        await publisher.PublishAsync(channel + end, "odd");
        await publisher.PublishAsync(channel + "a", "plain");

        Assert.Equal(["odd"], Texts(await reader.Events.WaitAsync(channel + end, 1)));
        Assert.Equal(["plain"], Texts(await reader.Events.WaitAsync(channel + "a", 1)));
        Assert.Equal(["odd"], await reader.ReadTextsAsync(channel + end));
    }

    [Fact]
    public async Task All_that_is_published_arrives_in_the_event_and_in_the_history()
    {
        var (publisher, reader, channel) = await StartSubscribedAsync();
        byte[] data = [.. Enumerable.Range(0, 256).Select(i => (byte)i)];
        var info = new ClientInfo("user", "client", new byte[] { 1, 0, 2 }, new byte[] { 3 });

        var result = await publisher.PublishAsync(channel, "", request => request with
        {
            Data = data,
            Info = info,
            Tags = new Dictionary<string, string> { ["a"] = "1", ["ü"] = "" },
            Version = ulong.MaxValue,
        });

        var raised = Assert.Single(await reader.Events.WaitAsync(channel, 1)).Publication!;
        var read = Assert.Single((await reader.ReadAsync(channel)).Publications);
        Assert.All([raised, read], publication =>
        {
            Assert.Equal(data, publication.Data.ToArray());
            Assert.Equal((info.User, info.Client), (publication.Info!.User, publication.Info.Client));
            Assert.Equal(info.ConnectionInfo.ToArray(), publication.Info.ConnectionInfo.ToArray());
            Assert.Equal(info.ChannelInfo.ToArray(), publication.Info.ChannelInfo.ToArray());
            Assert.Equal(new Dictionary<string, string> { ["a"] = "1", ["ü"] = "" }, publication.Tags);
            Assert.Equal(ulong.MaxValue, publication.Version);
            Assert.Equal(result.Position, new StreamPosition(publication.Offset, publication.Epoch));
        });
    }

    [Fact]
    public async Task What_was_not_given_stays_empty()
    {
        var (publisher, reader, channel) = await StartSubscribedAsync();

        await publisher.PublishAsync(channel, "");

        var raised = Assert.Single(await reader.Events.WaitAsync(channel, 1)).Publication!;
        var read = Assert.Single((await reader.ReadAsync(channel)).Publications);
        Assert.All([raised, read], publication =>
        {
            Assert.True(publication.Data.IsEmpty);
            Assert.Null(publication.Info);
            Assert.Null(publication.Tags);
            Assert.Equal(0ul, publication.Version);
        });
    }

    [Theory]
    [InlineData(0, 10)]
    [InlineData(100, 0)]
    [InlineData(0, 0)]
    public async Task A_channel_without_history_raises_publications_without_a_position(int size, int units)
    {
        var (publisher, reader, channel) = await StartSubscribedAsync();

        var result = await publisher.PublishAsync(
            channel, "x", request => request with { HistorySize = size, HistoryTtl = units * Unit });

        var raised = Assert.Single(await reader.Events.WaitAsync(channel, 1)).Publication!;
        Assert.Equal(new PublishResult(StreamPosition.None), result);
        Assert.Equal(StreamPosition.None, new StreamPosition(raised.Offset, raised.Epoch));
    }

    [Fact]
    public async Task A_publication_past_the_history_leaves_the_stream_alone()
    {
        var (publisher, reader, channel) = await StartSubscribedAsync();
        var before = (await publisher.PublishAsync(channel, "kept")).Position;

        var result = await publisher.PublishAsync(channel, "past", request => request with { HistorySize = 0 });

        Assert.Equal(StreamPosition.None, result.Position);
        Assert.Equal(["kept", "past"], Texts(await reader.Events.WaitAsync(channel, 2)));
        Assert.Equal(["kept"], await publisher.ReadTextsAsync(channel));
        Assert.Equal(before with { Offset = 2 }, (await publisher.PublishAsync(channel, "next")).Position);
    }
}
