using System.Text.Json.Nodes;
using Parley.EndToEnd.Tests.Clients;
using Parley.EndToEnd.Tests.Servers;
using Parley.Testing;

namespace Parley.EndToEnd.Tests.Scenarios;

public sealed class SubscriptionTests(SecuredServer server, SdkHost sdk) : SecuredScenarios(server, sdk)
{
    private static readonly SdkReason PermissionDenied = new(103, "permission denied");

    [Theory, EveryWay]
    public async Task A_subscriber_gets_what_the_API_publishes(SdkWay way)
    {
        var channel = NewChannel("chat");
        await using var client = await ConnectAsync(way);
        var subscription = await client.SubscribeAsync(channel);

        await Server.Api.CallAsync("publish", new { channel, data = new { text = "Grüße \u2028 <b>" }, tags = new { lang = "de" } });

        var publication = await subscription.PublicationAsync();
        Assert.Equal("Grüße \u2028 <b>", publication.Data.GetProperty("text").GetString());
        Assert.Equal(1UL, publication.Offset);
        Assert.Equal("de", publication.Tags!["lang"]);
        Assert.Null(publication.Info);
    }

    [Theory, EveryWay]
    public async Task Publications_of_a_client_reach_itself_and_the_others_with_its_info(SdkWay way)
    {
        var channel = NewChannel("$chat");
        var claims = new JsonObject { ["info"] = new JsonObject { ["name"] = "Alice" } };
        await using var alice = await OpenAsync(way, "alice", claims);
        var connected = await alice.ConnectAsync();
        var channelClaims = new JsonObject { ["info"] = new JsonObject { ["role"] = "owner" } };
        var own = await alice.SubscribeAsync(channel, Server.Tokens.Subscription("alice", channel, claims: channelClaims));
        // The other comes another way: one channel joins all.
        await using var bob = await ConnectAsync(way.Other(), "bob");
        var others = await bob.SubscribeAsync(channel, Server.Tokens.Subscription("bob", channel));

        await alice.PublishAsync(channel, new JsonObject { ["text"] = "hello" });

        foreach (var publication in new[] { await own.PublicationAsync(), await others.PublicationAsync() })
        {
            Assert.Equal("hello", publication.Data.GetProperty("text").GetString());
            Assert.Equal("alice", publication.Info!.User);
            Assert.Equal(connected.Client, publication.Info.Client);
            Assert.Equal("Alice", publication.Info.ConnInfo!.Value.GetProperty("name").GetString());
            Assert.Equal("owner", publication.Info.ChanInfo!.Value.GetProperty("role").GetString());
        }
    }

    [Theory, EveryWay]
    public async Task What_a_namespace_does_not_permit_is_refused_with_103(SdkWay way)
    {
        var channel = NewChannel("closed");
        await using var client = await ConnectAsync(way);
        var subscription = await client.OpenSubscriptionAsync(channel);
        await subscription.StartSubscribingAsync();

        Assert.Equal(PermissionDenied, await subscription.UnsubscribedAsync());
        var refused = new[]
        {
            await Assert.ThrowsAsync<SdkException>(() => client.PublishAsync(channel, "x")),
            await Assert.ThrowsAsync<SdkException>(() => client.PresenceAsync(channel)),
            await Assert.ThrowsAsync<SdkException>(() => client.PresenceStatsAsync(channel)),
            await Assert.ThrowsAsync<SdkException>(() => client.HistoryAsync(channel, 1)),
        };
        Assert.All(refused, static error => Assert.Equal((103, false), (error.Code, error.IsTemporary)));
    }

    [Theory, EveryWay]
    public async Task What_a_namespace_does_not_have_is_refused_with_108(SdkWay way)
    {
        var channel = NewChannel("team");
        await using var client = await ConnectAsync(way);

        var refused = new[]
        {
            await Assert.ThrowsAsync<SdkException>(() => client.PresenceAsync(channel)),
            await Assert.ThrowsAsync<SdkException>(() => client.PresenceStatsAsync(channel)),
            await Assert.ThrowsAsync<SdkException>(() => client.HistoryAsync(channel, 1)),
        };

        Assert.All(refused, static error => Assert.Equal(108, error.Code));
    }

    [Theory, EveryWay]
    public async Task An_unknown_namespace_ends_the_subscription_with_102(SdkWay way)
    {
        await using var client = await ConnectAsync(way);
        var subscription = await client.OpenSubscriptionAsync("nobody-configured-this:x");

        await subscription.StartSubscribingAsync();

        Assert.Equal(new SdkReason(102, "unknown channel"), await subscription.UnsubscribedAsync());
    }

    [Theory, EveryWay]
    public async Task More_subscriptions_than_the_limit_are_refused_with_106(SdkWay way)
    {
        await using var client = await ConnectAsync(way);
        await Task.WhenAll(Enumerable.Range(0, 128).Select(_ => client.SubscribeAsync(NewChannel())));
        var subscription = await client.OpenSubscriptionAsync(NewChannel());

        await subscription.StartSubscribingAsync();

        Assert.Equal(new SdkReason(106, "limit exceeded"), await subscription.UnsubscribedAsync());
    }

    [Theory, EveryWay]
    public async Task A_private_channel_without_a_token_is_refused_for_good(SdkWay way)
    {
        await using var client = await ConnectAsync(way);
        var subscription = await client.OpenSubscriptionAsync(NewChannel("$chat"));

        await subscription.StartSubscribingAsync();

        Assert.Equal(PermissionDenied, await subscription.UnsubscribedAsync());
    }

    [Theory, EveryWay]
    public async Task A_token_opens_its_private_channel_with_data_for_the_client(SdkWay way)
    {
        var channel = NewChannel("$chat");
        await using var client = await ConnectAsync(way);
        var claims = new JsonObject { ["data"] = new JsonObject { ["topic"] = "secrets" } };
        var subscription = await client.OpenSubscriptionAsync(channel, Server.Tokens.Subscription("alice", channel, claims: claims));

        var subscribed = await subscription.SubscribeAsync();

        Assert.Equal("secrets", subscribed.Data!.Value.GetProperty("topic").GetString());
        await Server.Api.PublishAsync(channel, "opened");
        Assert.Equal("opened", (await subscription.PublicationAsync()).Data.GetString());
    }

    [Theory, EveryWay]
    public async Task An_invalid_subscription_token_ends_the_subscription_only(SdkWay way)
    {
        var channel = NewChannel("$chat");
        await using var client = await ConnectAsync(way);
        var token = new TestTokens("another secret of the same length 123").Subscription("alice", channel);
        var subscription = await client.OpenSubscriptionAsync(channel, token);

        await subscription.StartSubscribingAsync();

        Assert.Equal(PermissionDenied, await subscription.UnsubscribedAsync());
        await client.SubscribeAsync(NewChannel());
    }

    [Theory, EveryWay]
    public async Task A_token_of_another_user_or_channel_ends_the_client(SdkWay way)
    {
        var channel = NewChannel("$chat");
        string[] tokens = [Server.Tokens.Subscription("bob", channel), Server.Tokens.Subscription("alice", NewChannel("$chat"))];
        foreach (var token in tokens)
        {
            await using var client = await ConnectAsync(way);
            var subscription = await client.OpenSubscriptionAsync(channel, token);

            await subscription.StartSubscribingAsync();

            Assert.Equal(new SdkReason(3500, "invalid token"), await client.DisconnectedAsync());
        }
    }

    [Theory, EveryWay]
    public async Task An_expired_subscription_token_is_replaced_by_a_new_one(SdkWay way)
    {
        var channel = NewChannel("$chat");
        await using var client = await ConnectAsync(way);
        var subscription = await client.OpenSubscriptionAsync(
            channel, Server.Tokens.Subscription("alice", channel, Expired), () => Server.Tokens.Subscription("alice", channel));

        await subscription.SubscribeAsync();

        Assert.Equal(1, subscription.TokenQuestions);
        Assert.Equal(109, (await subscription.Events.NextAsync<SdkError>("error")).Error.Code);
    }

    [Theory, BothFormats]
    public async Task A_subscription_token_that_runs_out_is_refreshed_without_a_new_subscription(SdkWay way)
    {
        var channel = NewChannel("$chat");
        var refreshedTwice = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var refreshes = 0;
        await using var client = await ConnectAsync(way);
        var subscription = await client.OpenSubscriptionAsync(channel, Server.Tokens.Subscription("alice", channel, Soon), Refresh);
        await subscription.SubscribeAsync();
        await subscription.SubscribingAsync();

        await refreshedTwice.Task.WaitAsync(Patience.Limit);

        await client.PublishAsync(channel, "after the refresh");
        Assert.Equal("after the refresh", (await subscription.PublicationAsync()).Data.GetString());
        Assert.Equal(0, subscription.Events.CountUntaken("subscribing"));
        Assert.Equal(0, subscription.Events.CountUntaken("error"));

        string Refresh()
        {
            if (++refreshes == 1)
                return Server.Tokens.Subscription("alice", channel, Soon);
            refreshedTwice.TrySetResult();
            return Server.Tokens.Subscription("alice", channel);
        }
    }

    [Theory, EveryWay]
    public async Task A_user_limited_channel_is_for_its_users(SdkWay way)
    {
        await using var alice = await ConnectAsync(way, "alice");
        await using var carol = await ConnectAsync(way, "carol");

        foreach (var channel in new[] { NewChannel("team") + "#alice", NewChannel("team") + "#alice,bob" })
        {
            await alice.SubscribeAsync(channel);
            var refused = await carol.OpenSubscriptionAsync(channel);
            await refused.StartSubscribingAsync();

            Assert.Equal(PermissionDenied, await refused.UnsubscribedAsync());
        }
    }
}
