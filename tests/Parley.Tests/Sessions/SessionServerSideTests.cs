using Parley.Authentication;
using Parley.Sessions;
using Parley.Tests.Engine;

namespace Parley.Tests.Sessions;

public sealed class SessionServerSideTests
{
    [Fact]
    public async Task Connect_ChannelsOfTheToken_AreSubscribedAndLiveAfterTheReply()
    {
        var host = await EngineHost.StartAsync(channels: channels => channels.AllowSubscribe = false);
        host.Tokens.Add("t", new ConnectionToken
        {
            User = "ada",
            Subscriptions = new Dictionary<string, SubscriptionGrant> { ["news"] = new(), ["$secret"] = new() { Data = EngineHost.Json("x") } },
        });
        var client = host.Open();

        var result = (await client.ConnectWithTokenAsync("t")).Value!;
        await host.PublishAsync("news", "1");

        Assert.Equal(["$secret", "news"], result.Subscriptions.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(["pub news 0 \"1\""], client.Connection.Frames);
        Assert.Equal(ClientError.AlreadySubscribed, (await client.SubscribeAsync("news")).Error);
    }

    [Fact]
    public async Task Connect_WithPosition_RecoversServerSideSubscriptions()
    {
        var host = await EngineHost.StartAsync(channels: options =>
        {
            EngineHost.WithHistory(options);
            options.ForceRecovery = true;
        });
        await host.PublishAsync("news", "1", "2", "3");
        var top = (await host.Parley.GetHistoryAsync("news")).Top;
        var client = host.Open();

        var result = (await client.ConnectAsync("ada", ("news", top with { Offset = 1 }))).Value!.Subscriptions["news"];

        Assert.True(result.Recovered);
        Assert.Equal([2ul, 3ul], result.Publications.Select(static publication => publication.Offset));
    }

    [Fact]
    public async Task Connect_AskedChannels_NotPermittedOnesAreLeftOutAndUnknownNamespacesBreakTheProtocol()
    {
        var host = await EngineHost.StartAsync();

        var outcome = await host.Open().ConnectAsync("ada", ("news", null), ("$secret", null));
        Assert.Equal(["news"], outcome.Value!.Subscriptions.Keys);

        Assert.Equal(DisconnectReason.BadRequest, (await host.Open().ConnectAsync("ada", ("nope:1", null))).Disconnect);
    }

    [Fact]
    public async Task Connect_MoreChannelsThanAllowed_EndsWith3505()
    {
        var host = await EngineHost.StartAsync(clients => clients.MaxChannels = 1);

        Assert.Equal(DisconnectReason.ChannelLimit, (await host.Open().ConnectAsync("ada", ("a", null), ("b", null))).Disconnect);
    }

    [Fact]
    public async Task Connect_PersonalChannel_IsSubscribedWhenConfigured()
    {
        var host = await EngineHost.StartAsync(clients => clients.SubscribeToPersonalChannel = true);
        var client = host.Open();
        await client.ConnectAsync("42");

        await host.PublishAsync("#42", "hello");

        Assert.Equal(["pub #42 0 \"hello\""], client.Connection.Frames);
        Assert.Empty((await host.Open().ConnectAsync()).Value!.Subscriptions);
    }

    [Fact]
    public async Task Api_Subscribe_PushesAndDelivers_AndASecondTimeChangesNothing()
    {
        var host = await EngineHost.StartAsync();
        var client = await host.ConnectAsync("ada");

        await host.Parley.SubscribeAsync(new SessionSelector("ada"), "news");
        await host.Parley.SubscribeAsync(new SessionSelector("ada"), "news");
        await host.PublishAsync("news", "1");

        Assert.Equal(["subscribe news 0", "pub news 0 \"1\""], client.Connection.Frames);
    }

    [Fact]
    public async Task Api_SubscribeWithPosition_SendsWhatFollowedIt()
    {
        var host = await EngineHost.StartAsync(channels: EngineHost.WithHistory);
        await host.PublishAsync("news", "1", "2");
        var top = (await host.Parley.GetHistoryAsync("news")).Top;
        var client = await host.ConnectAsync("ada");

        await host.Parley.SubscribeAsync(
            new SessionSelector("ada"), "news", new ServerSubscribeOptions { RecoverSince = top with { Offset = 1 } });

        Assert.Equal(["subscribe news 1", "pub news 2 \"2\""], client.Connection.Frames);
    }

    [Fact]
    public async Task Api_Unsubscribe_OneOrAll()
    {
        var host = await EngineHost.StartAsync();
        var client = await host.ConnectAsync("ada");
        foreach (var channel in new[] { "a", "b", "c" })
            await client.SubscribeAsync(channel);

        await host.Parley.UnsubscribeAsync(new SessionSelector("ada"), "a");
        Assert.Equal("unsubscribe a 2000", client.Connection.Frames[^1]);
        await host.Parley.UnsubscribeAsync(new SessionSelector("ada"), null);

        await Task.WhenAll(host.Broker.Left("a"), host.Broker.Left("b"), host.Broker.Left("c"));
        Assert.Equal(0, host.Node.Hub.ChannelCount);
    }

    [Fact]
    public async Task Api_Disconnect_SparesTheWhitelist()
    {
        var host = await EngineHost.StartAsync();
        var gone = await host.ConnectAsync("ada");
        var spared = await host.ConnectAsync("ada");
        var other = await host.ConnectAsync("bob");

        await host.Parley.DisconnectAsync(new SessionSelector("ada"), new DisconnectOptions { Whitelist = [spared.Session.Id] });

        Assert.Equal(DisconnectReason.ForceDisconnect, await gone.Connection.Closed);
        Assert.False(spared.Connection.IsClosed || other.Connection.IsClosed);
    }

    [Fact]
    public async Task Api_Selector_ByClientMustFitItsUser()
    {
        var host = await EngineHost.StartAsync();
        var client = await host.ConnectAsync("ada");

        await host.Parley.DisconnectAsync(new SessionSelector("bob", client.Session.Id));
        Assert.False(client.Connection.IsClosed);
        await host.Parley.DisconnectAsync(new SessionSelector("", client.Session.Id));

        Assert.True(client.Connection.IsClosed);
        var refused = await Assert.ThrowsAsync<ParleyException>(() => host.Parley.DisconnectAsync(new SessionSelector("")).AsTask());
        Assert.Equal(ClientError.BadRequest, refused.Error);
    }

    [Fact]
    public async Task Api_Refresh_TellsTheClientAndMovesTheExpiry()
    {
        var host = await EngineHost.StartAsync();
        var client = await host.ConnectAsync("ada");

        await host.Parley.RefreshAsync(new SessionSelector("ada"), new RefreshOptions { ExpireAt = host.Time.GetUtcNow().AddSeconds(30) });
        Assert.Equal(["refresh True 30"], client.Connection.Frames);
        await host.Parley.RefreshAsync(new SessionSelector("ada"), new RefreshOptions { Expired = true });

        Assert.Equal(DisconnectReason.Expired, await client.Connection.Closed);
    }

    [Fact]
    public async Task Api_RefreshWithoutExpiry_LetsAClientThatRefreshesGoOn()
    {
        var host = await EngineHost.StartAsync();
        host.Tokens.Add("t", new ConnectionToken { User = "ada", ExpireAt = host.Time.GetUtcNow().AddSeconds(60) });
        var client = host.Open();
        await client.ConnectWithTokenAsync("t");

        await host.Parley.RefreshAsync(new SessionSelector("ada"), new RefreshOptions());

        Assert.True((await client.Session.RefreshAsync("t")).Succeeded);
    }

    [Fact]
    public async Task Connect_PersonalChannelOfAUserWhoseIdMeansOthers_IsLeftOut()
    {
        var host = await EngineHost.StartAsync(clients => clients.SubscribeToPersonalChannel = true);

        foreach (var user in new[] { "a,b", "x#y", "Zo\u00eb", "idp:7" })
            Assert.Empty((await host.Open().ConnectAsync(user)).Value!.Subscriptions);
    }

    [Fact]
    public async Task Connect_UserOfTheHost_IsClosedWhenTheHostsAuthenticationEnds()
    {
        var host = await EngineHost.StartAsync();
        var client = host.Open();
        var request = new ConnectRequest { AuthenticatedUser = "ada", AuthenticatedUntil = host.Time.GetUtcNow().AddSeconds(10) };

        var result = (await client.Session.ConnectAsync(request)).Value!;
        await client.Session.GoLiveAsync();

        Assert.False(result.Expires);
        SessionConnectTests.Pong(client, host, TimeSpan.FromSeconds(37));
        Assert.Equal(DisconnectReason.Expired, await client.Connection.Closed);
    }

    [Fact]
    public async Task JoinAndLeave_AreToldInOrder_TheOwnJoinToo()
    {
        var host = await EngineHost.StartAsync(channels: options =>
        {
            options.JoinLeave = true;
            options.ForcePushJoinLeave = true;
        });
        var ada = await host.ConnectAsync("ada");
        var bob = await host.ConnectAsync("bob");

        await ada.SubscribeAsync("room");
        await bob.SubscribeAsync("room");
        await bob.Session.UnsubscribeAsync("room");

        Assert.Equal(["subscribed room", "join room ada", "join room bob", "leave room bob"], ada.Connection.Frames);
        Assert.Equal(["subscribed room", "join room bob"], bob.Connection.Frames);
    }

    [Fact]
    public async Task JoinAndLeave_OnlyForThoseWhoAskAndMaySeePresence()
    {
        var host = await EngineHost.StartAsync(channels: options =>
        {
            options.JoinLeave = true;
            options.Presence = true;
            options.AllowPresence = true;
        });
        var asks = await host.ConnectAsync("ada");
        var doesNot = await host.ConnectAsync("bob");
        await asks.SubscribeAsync(new SubscribeRequest { Channel = "room", WantsJoinLeave = true });

        await doesNot.SubscribeAsync("room");

        Assert.Contains("join room bob", asks.Connection.Frames);
        Assert.DoesNotContain("join room bob", doesNot.Connection.Frames);
    }

    [Fact]
    public async Task Drain_ClosesEverySessionWith3001()
    {
        var host = await EngineHost.StartAsync();
        var clients = new List<TestClient>();
        for (var i = 0; i < 120; i++)
            clients.Add(await host.ConnectAsync());

        var drain = host.Lifetime.DrainAsync(CancellationToken.None);
        while (!drain.IsCompleted)
        {
            host.Time.Advance(TimeSpan.FromMilliseconds(1));
            await Task.Yield();
        }

        await drain;
        foreach (var client in clients)
            Assert.Equal(DisconnectReason.Shutdown, await client.Connection.Closed);
    }
}
