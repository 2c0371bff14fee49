using Parley.Authentication;
using Parley.Sessions;
using Parley.Tests.Engine;

namespace Parley.Tests.Sessions;

public sealed class SessionSubscribeTests
{
    [Fact]
    public async Task Subscribe_GetsPublicationsAfterTheReply()
    {
        var host = await EngineHost.StartAsync();
        var client = await host.ConnectAsync();

        await client.SubscribeAsync("news");
        await host.PublishAsync("news", "one", "two");

        Assert.Equal(["subscribed news", "pub news 0 \"one\"", "pub news 0 \"two\""], client.Connection.Frames);
    }

    [Fact]
    public async Task Subscribe_WhatIsPublishedBeforeTheReply_ComesAfterIt()
    {
        var host = await EngineHost.StartAsync();
        var client = await host.ConnectAsync();
        var outcome = await client.Session.SubscribeAsync(new SubscribeRequest { Channel = "news" });

        await host.PublishAsync("news", "early");
        Assert.Empty(client.Connection.Frames);
        client.Session.Send(TextFormat.Frame("reply"));
        await client.Session.GoLiveAsync(outcome.Value!);

        Assert.Equal(["reply", "pub news 0 \"early\""], client.Connection.Frames);
    }

    [Fact]
    public async Task Subscribe_FrameOfAPublication_IsMadeOnceForAllOfAFormat()
    {
        var host = await EngineHost.StartAsync();
        for (var i = 0; i < 5; i++)
            await (await host.ConnectAsync()).SubscribeAsync("counted");
        var before = TextFormat.Instance.PublicationsEncoded;

        await host.PublishAsync("counted", "one");

        // Other tests use the same format at the same time, each for channels of its own.
        Assert.InRange(TextFormat.Instance.PublicationsEncoded - before, 1, 4);
    }

    [Theory]
    [InlineData("", 3501)]
    public async Task Subscribe_WithoutChannel_BreaksTheProtocol(string channel, uint code)
    {
        var host = await EngineHost.StartAsync();
        var client = await host.ConnectAsync();

        Assert.Equal(code, (await client.SubscribeAsync(channel)).Disconnect!.Code);
    }

    [Theory]
    [InlineData("nope:1", 102)]
    [InlineData("a\nb", 107)]
    [InlineData("$private", 103)]
    [InlineData("dialog#42", 103)]
    public async Task Subscribe_ToWhatIsNotAllowed_IsAnError(string channel, uint code)
    {
        var host = await EngineHost.StartAsync();
        var client = await host.ConnectAsync("41");

        Assert.Equal(code, (await client.SubscribeAsync(channel)).Error!.Code);
        Assert.Equal(0, client.Session.SubscriptionCount);
    }

    [Fact]
    public async Task Subscribe_ByDefaultOptions_IsDenied()
    {
        var host = await EngineHost.StartAsync(channels: channels => channels.AllowSubscribe = false);

        Assert.Equal(ClientError.PermissionDenied, (await (await host.ConnectAsync("ada")).SubscribeAsync("news")).Error);
    }

    [Fact]
    public async Task Subscribe_Anonymous_NeedsItsOwnPermission()
    {
        var host = await EngineHost.StartAsync(channels: channels => channels.AllowAnonymousSubscribe = false);

        Assert.Equal(ClientError.PermissionDenied, (await (await host.ConnectAsync()).SubscribeAsync("news")).Error);
        Assert.True((await (await host.ConnectAsync("ada")).SubscribeAsync("news")).Succeeded);
    }

    [Fact]
    public async Task Subscribe_UserLimitedChannel_OnlyForItsUsers()
    {
        var host = await EngineHost.StartAsync(channels: channels => channels.AllowUserLimited = true);

        Assert.True((await (await host.ConnectAsync("42")).SubscribeAsync("dialog#42,43")).Succeeded);
        Assert.Equal(ClientError.PermissionDenied, (await (await host.ConnectAsync("44")).SubscribeAsync("dialog#42,43")).Error);
        Assert.Equal(ClientError.PermissionDenied, (await (await host.ConnectAsync()).SubscribeAsync("dialog#42,43")).Error);
    }

    [Fact]
    public async Task Subscribe_PrivateChannel_NeedsATokenEvenInInsecureMode()
    {
        var host = await EngineHost.StartAsync(clients => clients.Insecure = true);
        host.Tokens.Add("t", new SubscriptionToken { User = "", Channel = "$secret", Grant = SubscriptionGrant.Default });
        var client = await host.ConnectAsync();

        Assert.Equal(ClientError.PermissionDenied, (await client.SubscribeAsync("$secret")).Error);
        Assert.True((await client.SubscribeAsync(new SubscribeRequest { Channel = "$secret", Token = "t" })).Succeeded);
    }

    [Theory]
    [InlineData("other user")]
    [InlineData("other channel")]
    [InlineData("other client")]
    public async Task Subscribe_TokenMadeForAnother_EndsWith3500(string token)
    {
        var host = await EngineHost.StartAsync();
        host.Tokens.Add("other user", new SubscriptionToken { User = "eve", Channel = "$s", Grant = SubscriptionGrant.Default });
        host.Tokens.Add("other channel", new SubscriptionToken { User = "ada", Channel = "$t", Grant = SubscriptionGrant.Default });
        host.Tokens.Add(
            "other client", new SubscriptionToken { User = "ada", Channel = "$s", Client = "x", Grant = SubscriptionGrant.Default });
        var client = await host.ConnectAsync("ada");

        var outcome = await client.SubscribeAsync(new SubscribeRequest { Channel = "$s", Token = token });

        Assert.Equal(DisconnectReason.InvalidToken, outcome.Disconnect);
    }

    [Fact]
    public async Task Subscribe_BadTokens_AreErrors()
    {
        var host = await EngineHost.StartAsync();
        host.Tokens.AddExpired("old");
        var client = await host.ConnectAsync();

        Assert.Equal(ClientError.TokenExpired, (await client.SubscribeAsync(new SubscribeRequest { Channel = "$s", Token = "old" })).Error);
        Assert.Equal(ClientError.PermissionDenied, (await client.SubscribeAsync(new SubscribeRequest { Channel = "$s", Token = "bad" })).Error);
    }

    [Fact]
    public async Task Subscribe_Twice_Is105()
    {
        var host = await EngineHost.StartAsync();
        var client = await host.ConnectAsync();
        await client.SubscribeAsync("news");

        Assert.Equal(ClientError.AlreadySubscribed, (await client.SubscribeAsync("news")).Error);
    }

    [Fact]
    public async Task Subscribe_BeyondTheLimit_Is106()
    {
        var host = await EngineHost.StartAsync(clients => clients.MaxChannels = 2);
        var client = await host.ConnectAsync();
        await client.SubscribeAsync("a");
        await client.SubscribeAsync("b");

        Assert.Equal(ClientError.LimitExceeded, (await client.SubscribeAsync("c")).Error);
    }

    [Theory]
    [InlineData(SubscriptionType.Map, 103)]
    [InlineData(SubscriptionType.MapClients, 103)]
    [InlineData(SubscriptionType.MapUsers, 103)]
    [InlineData(SubscriptionType.SharedPoll, 108)]
    internal async Task Subscribe_KindsThatAreNotThere_AreRefused(SubscriptionType type, uint code)
    {
        var host = await EngineHost.StartAsync();
        var client = await host.ConnectAsync();

        Assert.Equal(code, (await client.SubscribeAsync(new SubscribeRequest { Channel = "m", Type = type })).Error!.Code);
    }

    [Fact]
    public async Task Subscribe_TagsFilterAndUnknownDelta_AreRefusedAndKnownDeltaIsNotAgreed()
    {
        var host = await EngineHost.StartAsync();
        var client = await host.ConnectAsync();

        Assert.Equal(ClientError.BadRequest, (await client.SubscribeAsync(new SubscribeRequest { Channel = "a", HasTagsFilter = true })).Error);
        Assert.True((await client.SubscribeAsync(new SubscribeRequest { Channel = "b", Delta = "fossil" })).Succeeded);
        Assert.Equal(DisconnectReason.BadRequest, (await client.SubscribeAsync(new SubscribeRequest { Channel = "c", Delta = "x" })).Disconnect);
    }

    [Fact]
    public async Task Subscribe_WhenTheBrokerIsDown_IsATemporaryErrorAndLeavesNothing()
    {
        var host = await EngineHost.StartAsync();
        var client = await host.ConnectAsync();
        host.Broker.IsDown = true;

        Assert.Equal(ClientError.Internal, (await client.SubscribeAsync("news")).Error);

        host.Broker.IsDown = false;
        Assert.True((await client.SubscribeAsync("news")).Succeeded);
    }

    [Fact]
    public async Task Unsubscribe_EndsPresenceAndDeliveryBeforeItReturns()
    {
        var host = await EngineHost.StartAsync(channels: channels => channels.Presence = true);
        var client = await host.ConnectAsync();
        await client.SubscribeAsync("news");
        Assert.Equal(1, (await host.Parley.GetPresenceStatsAsync("news")).Clients);

        await client.Session.UnsubscribeAsync("news");

        Assert.Equal(0, (await host.Parley.GetPresenceStatsAsync("news")).Clients);
        await host.PublishAsync("news", "late");
        Assert.Equal(["subscribed news"], client.Connection.Frames);
        Assert.Equal(0, host.Node.Hub.ChannelCount);
    }

    [Fact]
    public async Task Unsubscribe_ByTheServerBeforeTheReply_IsToldAfterIt()
    {
        var host = await EngineHost.StartAsync();
        var client = await host.ConnectAsync("ada");
        var outcome = await client.Session.SubscribeAsync(new SubscribeRequest { Channel = "news" });

        await host.Parley.UnsubscribeAsync(new SessionSelector("ada"), "news");
        await host.PublishAsync("news", "held");
        Assert.Empty(client.Connection.Frames);
        client.Session.Send(TextFormat.Frame("reply"));
        await client.Session.GoLiveAsync(outcome.Value!);
        await host.Broker.Left("news");

        Assert.Equal(["reply", "pub news 0 \"held\"", "unsubscribe news 2000"], client.Connection.Frames);
    }

    [Fact]
    public async Task Unsubscribe_ByTheServer_NothingOfTheChannelFollows()
    {
        var host = await EngineHost.StartAsync();
        var client = await host.ConnectAsync("ada");
        await client.SubscribeAsync("news");

        await host.Parley.UnsubscribeAsync(new SessionSelector("ada"), "news");
        await host.PublishAsync("news", "late");

        Assert.Equal(["subscribed news", "unsubscribe news 2000"], client.Connection.Frames);
    }

    [Fact]
    public async Task Subscribe_WhenAStoreThrows_LeavesNothingAndCanBeRetried()
    {
        var host = await EngineHost.StartAsync(channels: EngineHost.WithHistory);
        var client = await host.ConnectAsync();
        host.Broker.AfterHistoryRead = static () => throw new TimeoutException("slow store");

        var request = new SubscribeRequest { Channel = "news", WantsPositioning = true };
        await Assert.ThrowsAsync<TimeoutException>(() => client.SubscribeAsync(request));

        host.Broker.AfterHistoryRead = null;
        Assert.True((await client.SubscribeAsync(request)).Succeeded);
    }

    [Fact]
    public async Task Unsubscribe_WithoutSubscription_IsNoError()
    {
        var host = await EngineHost.StartAsync();
        var client = await host.ConnectAsync();

        await client.Session.UnsubscribeAsync("news");
    }

    [Fact]
    public async Task Closed_Session_LeavesHubPresenceAndBroker()
    {
        var host = await EngineHost.StartAsync(channels: channels => channels.Presence = true);
        var client = await host.ConnectAsync("ada");
        await client.SubscribeAsync("news");

        client.Session.OnClosed();
        await host.Broker.Left("news");

        Assert.Equal(0, host.Node.Hub.ChannelCount);
        Assert.Equal(0, host.Node.Hub.Sessions.Count);
        Assert.Equal(0, host.Node.Hub.Sessions.UserCount);
        Assert.Equal(0, (await host.Parley.GetPresenceStatsAsync("news")).Clients);
    }

    [Fact]
    public async Task Closed_WhileSubscribing_LeavesNothing()
    {
        var host = await EngineHost.StartAsync(channels: EngineHost.WithHistory);
        var client = await host.ConnectAsync();
        host.Broker.AfterHistoryRead = () =>
        {
            client.Session.OnClosed();
            return Task.CompletedTask;
        };

        await client.Session.SubscribeAsync(new SubscribeRequest { Channel = "news", WantsPositioning = true });
        await host.Broker.Left("news");

        Assert.Equal(0, host.Node.Hub.ChannelCount);
    }

    [Fact]
    public async Task SlowClient_IsClosedWith3008AndOthersGoOn()
    {
        var host = await EngineHost.StartAsync();
        var slow = await host.ConnectAsync();
        var quick = await host.ConnectAsync();
        await slow.SubscribeAsync("news");
        await quick.SubscribeAsync("news");
        slow.Connection.Room = 1;

        await host.PublishAsync("news", "one", "two", "three");

        Assert.Equal(DisconnectReason.Slow, await slow.Connection.Closed);
        Assert.Equal(4, quick.Connection.Frames.Count);
    }

    [Fact]
    public async Task Publication_ThatCannotBeSaidInAProtocol_EndsOnlyItsClientsWith3506()
    {
        var host = await EngineHost.StartAsync();
        var client = await host.ConnectAsync();
        await client.SubscribeAsync("news");

        await host.PublishAsync("news", "unsayable");

        Assert.Equal(DisconnectReason.InappropriateProtocol, await client.Connection.Closed);
    }

    [Fact]
    public async Task SubscriptionToken_Expiring_EndsTheSubscriptionWith2501AfterTheGrace()
    {
        var host = await EngineHost.StartAsync();
        var grant = new SubscriptionGrant { ExpireAt = host.Time.GetUtcNow().AddSeconds(10) };
        host.Tokens.Add("t", new SubscriptionToken { User = "", Channel = "$s", Grant = grant });
        var client = await host.ConnectAsync();

        var result = (await client.SubscribeAsync(new SubscribeRequest { Channel = "$s", Token = "t" })).Value!.Result;

        Assert.Equal((true, 10u), (result.Expires, result.Ttl));
        SessionConnectTests.Pong(client, host, TimeSpan.FromSeconds(34));
        Assert.DoesNotContain("unsubscribe $s 2501", client.Connection.Frames);
        SessionConnectTests.Pong(client, host, TimeSpan.FromSeconds(3));
        Assert.Contains("unsubscribe $s 2501", client.Connection.Frames);
        Assert.True((await client.SubscribeAsync("news")).Succeeded);
    }

    [Fact]
    public async Task SubscriptionRefresh_KeepsItOrNamesWhatIsWrong()
    {
        var host = await EngineHost.StartAsync();
        var now = host.Time.GetUtcNow();
        host.Tokens.Add("t1", new SubscriptionToken { User = "", Channel = "$s", Grant = new() { ExpireAt = now.AddSeconds(10) } });
        host.Tokens.Add("t2", new SubscriptionToken { User = "", Channel = "$s", Grant = new() { ExpireAt = now.AddSeconds(600) } });
        host.Tokens.AddExpired("old");
        var client = await host.ConnectAsync();
        await client.SubscribeAsync(new SubscribeRequest { Channel = "$s", Token = "t1" });

        Assert.Equal(new Expiry(true, 600), (await client.Session.RefreshSubscriptionAsync("$s", "t2")).Value);
        SessionConnectTests.Pong(client, host, TimeSpan.FromSeconds(60));
        Assert.DoesNotContain("unsubscribe $s 2501", client.Connection.Frames);
        Assert.Equal(ClientError.PermissionDenied, (await client.Session.RefreshSubscriptionAsync("other", "t2")).Error);
        Assert.Equal(ClientError.BadRequest, (await client.Session.RefreshSubscriptionAsync("$s", "")).Error);
        Assert.Equal(DisconnectReason.BadRequest, (await client.Session.RefreshSubscriptionAsync("", "t2")).Disconnect);
        Assert.Equal(DisconnectReason.InvalidToken, (await client.Session.RefreshSubscriptionAsync("$s", "bad")).Disconnect);
        Assert.Equal(DisconnectReason.SubscriptionExpired, (await client.Session.RefreshSubscriptionAsync("$s", "old")).Disconnect);
    }
}
