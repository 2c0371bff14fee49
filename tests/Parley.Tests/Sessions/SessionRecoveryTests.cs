using Parley.Sessions;
using Parley.Tests.Engine;

namespace Parley.Tests.Sessions;

public sealed class SessionRecoveryTests
{
    [Fact]
    public async Task Recover_GivesWhatWasMissedInOrder()
    {
        var host = await EngineHost.StartAsync(channels: EngineHost.WithHistory);
        await host.PublishAsync("news", "1", "2", "3", "4");
        var epoch = await EpochAsync(host);
        var client = await host.ConnectAsync();

        var result = (await client.RecoverAsync("news", 2, epoch)).Value!.Result;

        Assert.True(result is { Recovered: true, WasRecovering: true, IsRecoverable: true, IsPositioned: true });
        Assert.Equal(new StreamPosition(2, epoch), result.Position);
        Assert.Equal([3ul, 4ul], result.Publications.Select(static publication => publication.Offset));
        await host.PublishAsync("news", "5");
        Assert.Equal("pub news 5 \"5\"", client.Connection.Frames[^1]);
    }

    [Fact]
    public async Task Recover_NothingMissed_IsRecovered()
    {
        var host = await EngineHost.StartAsync(channels: EngineHost.WithHistory);
        await host.PublishAsync("news", "1");
        var client = await host.ConnectAsync();

        var result = (await client.RecoverAsync("news", 1, await EpochAsync(host))).Value!.Result;

        Assert.True(result.Recovered);
        Assert.Empty(result.Publications);
    }

    [Theory]
    [InlineData(1, null)]
    [InlineData(20, "otherrrr")]
    [InlineData(999, null)]
    public async Task Recover_WhatIsLost_SaysSoAndGivesNothing(ulong offset, string? epoch)
    {
        var host = await EngineHost.StartAsync(channels: EngineHost.WithHistory);
        await host.PublishAsync("news", [.. Enumerable.Range(1, 20).Select(static i => $"{i}")]);
        var client = await host.ConnectAsync();

        var result = (await client.RecoverAsync("news", offset, epoch ?? await EpochAsync(host))).Value!.Result;

        Assert.True(result is { Recovered: false, WasRecovering: true });
        Assert.Empty(result.Publications);
        Assert.Equal(20ul, result.Position.Offset);
    }

    [Fact]
    public async Task Recover_MoreThanTheLimit_IsNotRecovered()
    {
        var host = await EngineHost.StartAsync(channels: options =>
        {
            EngineHost.WithHistory(options);
            options.HistorySize = 1000;
        });
        await host.PublishAsync("news", [.. Enumerable.Range(1, 301).Select(static i => $"{i}")]);
        var epoch = await EpochAsync(host);

        Assert.False((await (await host.ConnectAsync()).RecoverAsync("news", 0, epoch)).Value!.Result.Recovered);
        Assert.Equal(300, (await (await host.ConnectAsync()).RecoverAsync("news", 1, epoch)).Value!.Result.Publications.Count);
    }

    [Fact]
    public async Task Recover_RejectUnrecovered_Is112AndDoesNotSubscribe()
    {
        var host = await EngineHost.StartAsync(channels: EngineHost.WithHistory);
        var client = await host.ConnectAsync();

        var outcome = await client.SubscribeAsync(new SubscribeRequest
        {
            Channel = "news",
            RecoverSince = new StreamPosition(5, "otherrrr"),
            RejectUnrecovered = true,
        });

        Assert.Equal(ClientError.UnrecoverablePosition, outcome.Error);
        Assert.Equal(0, client.Session.SubscriptionCount);
    }

    [Fact]
    public async Task Recover_PublishedWhileTheHistoryIsRead_ComesOnceAndInOrder()
    {
        var host = await EngineHost.StartAsync(channels: EngineHost.WithHistory);
        await host.PublishAsync("news", "1", "2");
        var epoch = await EpochAsync(host);
        var client = await host.ConnectAsync();
        host.Broker.AfterHistoryRead = async () =>
        {
            host.Broker.AfterHistoryRead = null;
            await host.PublishAsync("news", "3", "4");
        };

        var result = (await client.RecoverAsync("news", 0, epoch)).Value!.Result;

        Assert.Equal([1ul, 2ul], result.Publications.Select(static publication => publication.Offset));
        Assert.Equal(["subscribed news", "pub news 3 \"3\"", "pub news 4 \"4\""], client.Connection.Frames);
    }

    [Fact]
    public async Task Recover_NotAllowed_SubscribesWithoutPositionAndSaysThatItDidNotRecover()
    {
        var host = await EngineHost.StartAsync(channels: options =>
        {
            options.HistorySize = 10;
            options.HistoryTtl = TimeSpan.FromMinutes(1);
        });
        var client = await host.ConnectAsync();

        var result = (await client.RecoverAsync("news", 0, "")).Value!.Result;

        Assert.True(result is { IsPositioned: false, IsRecoverable: false, WasRecovering: true, Recovered: false });
        var strict = new SubscribeRequest { Channel = "other", RecoverSince = new StreamPosition(0, ""), RejectUnrecovered = true };
        Assert.Equal(ClientError.UnrecoverablePosition, (await client.SubscribeAsync(strict)).Error);
    }

    [Fact]
    public async Task Gap_InWhatTheBrokerBrings_IsNeverShownAndEndsWith2500()
    {
        var host = await EngineHost.StartAsync(channels: EngineHost.WithHistory);
        var client = await host.ConnectAsync();
        await client.SubscribeAsync(new SubscribeRequest { Channel = "news", WantsPositioning = true });
        host.Broker.Loses = static publication => publication.Offset == 2;

        await host.PublishAsync("news", "1", "2", "3", "4");
        await client.Connection.WaitForAsync("unsubscribe news 2500");

        Assert.Equal(["subscribed news", "pub news 1 \"1\"", "unsubscribe news 2500"], client.Connection.Frames);
    }

    [Fact]
    public async Task Gap_ClientResubscribesAtOnce_AndRecoversWhatWasLost()
    {
        var host = await EngineHost.StartAsync(channels: EngineHost.WithHistory);
        var client = await host.ConnectAsync();
        await client.SubscribeAsync(new SubscribeRequest { Channel = "news", WantsPositioning = true });
        host.Broker.Loses = static publication => publication.Offset == 2;
        await host.PublishAsync("news", "1", "2", "3");

        var result = (await client.RecoverAsync("news", 1, await EpochAsync(host))).Value!.Result;

        Assert.True(result.Recovered);
        Assert.Equal([2ul, 3ul], result.Publications.Select(static publication => publication.Offset));
    }

    [Fact]
    public async Task Gap_InAServerSideSubscription_EndsTheConnectionWith3010()
    {
        var host = await EngineHost.StartAsync(channels: options =>
        {
            EngineHost.WithHistory(options);
            options.ForcePositioning = true;
        });
        var client = host.Open();
        await client.ConnectAsync("ada", ("news", null));
        host.Broker.Loses = static publication => publication.Offset == 1;

        await host.PublishAsync("news", "1", "2");

        Assert.Equal(DisconnectReason.InsufficientState, await client.Connection.Closed);
    }

    [Fact]
    public async Task PositionCheck_LastPublicationLost_IsFoundThoughNothingFollows()
    {
        var host = await EngineHost.StartAsync(channels: EngineHost.WithHistory);
        var client = await host.ConnectAsync();
        await client.SubscribeAsync(new SubscribeRequest { Channel = "news", WantsPositioning = true });
        host.Broker.Loses = static publication => publication.Offset == 1;
        await host.PublishAsync("news", "1");

        var found = client.Connection.WaitForAsync("unsubscribe news 2500");
        while (!found.IsCompleted)
        {
            SessionConnectTests.Pong(client, host, TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await found;
    }

    [Fact]
    public async Task PositionCheck_NothingLost_LeavesTheSubscriptionAlone()
    {
        var host = await EngineHost.StartAsync(channels: EngineHost.WithHistory);
        var client = await host.ConnectAsync();
        await client.SubscribeAsync(new SubscribeRequest { Channel = "news", WantsPositioning = true });
        await host.PublishAsync("news", "1");
        var before = host.Broker.PositionReads;

        while (host.Broker.PositionReads < before + 3)
        {
            SessionConnectTests.Pong(client, host, TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.DoesNotContain(client.Connection.Frames, static frame => frame.StartsWith("unsubscribe", StringComparison.Ordinal));
    }

    private static async Task<string> EpochAsync(EngineHost host) => (await host.Parley.GetHistoryAsync("news")).Top.Epoch;
}
