using System.Text.Json.Nodes;
using Parley.EndToEnd.Tests.Clients;
using Parley.EndToEnd.Tests.Servers;

namespace Parley.EndToEnd.Tests.Scenarios;

/// <summary>What the application does to clients: by claims of their tokens, and by calls of the HTTP API.</summary>
public sealed class ServerSideTests(SecuredServer server, SdkHost sdk) : SecuredScenarios(server, sdk)
{
    [Theory, EveryWay]
    public async Task Channels_of_the_token_are_subscribed_to_by_the_server(SdkWay way)
    {
        var (first, second) = (NewChannel("chat"), NewChannel());
        await using var client = await ConnectAsync(way, claims: new JsonObject { ["channels"] = new JsonArray(first, second) });

        var subscribed = await SubscribedAsync(client, 2);

        Assert.Equal(new[] { first, second }.Order(), subscribed.Select(static one => one.Channel).Order());
        Assert.True(subscribed.Single(one => one.Channel == first).Recoverable);
        await Server.Api.PublishAsync(second, "to everybody");
        var publication = await client.Events.NextAsync<SdkPublication>("publication");
        Assert.Equal((second, "to everybody"), (publication.Channel, publication.Data.GetString()));
    }

    [Theory, EveryWay]
    public async Task Subscriptions_of_the_token_carry_data_and_info(SdkWay way)
    {
        var channel = NewChannel("chat");
        var grant = new JsonObject { ["data"] = new JsonObject { ["topic"] = "news" }, ["info"] = new JsonObject { ["role"] = "reader" } };
        await using var client = await OpenAsync(way, "alice", new JsonObject { ["subs"] = new JsonObject { [channel] = grant } });
        var connected = await client.ConnectAsync();

        var subscribed = Assert.Single(await SubscribedAsync(client, 1));

        Assert.Equal("news", subscribed.Data!.Value.GetProperty("topic").GetString());
        var presence = await client.PresenceAsync(channel);
        Assert.Equal("reader", presence.Clients[connected.Client].ChanInfo!.Value.GetProperty("role").GetString());
    }

    [Theory, EveryWay]
    public async Task The_API_subscribes_and_unsubscribes_a_user(SdkWay way)
    {
        var (user, channel) = (NewUser(), NewChannel("chat"));
        await using var client = await ConnectAsync(way, user);

        await Server.Api.CallAsync("subscribe", new { user, channel, data = new { topic = "news" } });

        var subscribed = await client.Events.NextAsync<SdkSubscribed>("subscribed");
        Assert.Equal(channel, subscribed.Channel);
        Assert.Equal("news", subscribed.Data!.Value.GetProperty("topic").GetString());
        await Server.Api.PublishAsync(channel, "for subscribers");
        Assert.Equal("for subscribers", (await client.Events.NextAsync<SdkPublication>("publication")).Data.GetString());

        await Server.Api.CallAsync("unsubscribe", new { user, channel });

        Assert.Equal(channel, (await client.Events.NextAsync<SdkChannel>("unsubscribed")).Channel);
    }

    [Theory, EveryWay]
    public async Task The_API_ends_a_subscription_that_the_client_made(SdkWay way)
    {
        var (user, channel) = (NewUser(), NewChannel("chat"));
        await using var client = await ConnectAsync(way, user);
        var subscription = await client.SubscribeAsync(channel);

        await Server.Api.CallAsync("unsubscribe", new { user, channel });

        Assert.Equal(new SdkReason(2000, "server unsubscribe"), await subscription.UnsubscribedAsync());
        Assert.Equal(0, client.Events.CountUntaken("disconnected"));
    }

    [Theory, EveryWay]
    public async Task The_API_disconnects_a_user_for_good(SdkWay way)
    {
        var user = NewUser();
        await using var client = await ConnectAsync(way, user);

        await Server.Api.CallAsync("disconnect", new { user });

        Assert.Equal(new SdkReason(3503, "force disconnect"), await client.DisconnectedAsync());
    }

    [Theory, EveryWay]
    public async Task The_API_disconnects_with_a_code_of_the_application_but_those_on_the_whitelist(SdkWay way)
    {
        var user = NewUser();
        await using var first = await ConnectAsync(way, user);
        await using var second = await OpenAsync(way, user);
        var spared = (await second.ConnectAsync()).Client;
        var disconnect = new { code = 4501, reason = "signed in elsewhere" };

        await Server.Api.CallAsync("disconnect", new { user, whitelist = new[] { spared }, disconnect });

        Assert.Equal(new SdkReason(4501, "signed in elsewhere"), await first.DisconnectedAsync());
        await second.SubscribeAsync(NewChannel());
    }

    [Theory, EveryWay]
    public async Task A_disconnect_code_that_allows_it_makes_the_client_come_back(SdkWay way)
    {
        var user = NewUser();
        await using var client = await ConnectAsync(way, user);
        await client.ConnectingAsync();

        await Server.Api.CallAsync("disconnect", new { user, disconnect = new { code = 4001, reason = "moved" } });

        Assert.Equal(new SdkReason(4001, "moved"), await client.ConnectingAsync());
        await client.ConnectedAsync();
    }

    [Theory, EveryWay]
    public async Task The_API_lets_a_connection_expire(SdkWay way)
    {
        var user = NewUser();
        await using var client = await ConnectAsync(way, user);
        await client.ConnectingAsync();

        await Server.Api.CallAsync("refresh", new { user, expired = true });

        Assert.Equal(new SdkReason(3005, "connection expired"), await client.ConnectingAsync());
        await client.ConnectedAsync();
    }

    private static async Task<IReadOnlyList<SdkSubscribed>> SubscribedAsync(SdkClient client, int count)
    {
        List<SdkSubscribed> subscribed = [];
        while (subscribed.Count < count)
            subscribed.Add(await client.Events.NextAsync<SdkSubscribed>("subscribed"));
        return subscribed;
    }
}
