using System.Text.Json.Nodes;
using Parley.EndToEnd.Tests.Clients;
using Parley.EndToEnd.Tests.Servers;
using Parley.Testing;

namespace Parley.EndToEnd.Tests.Scenarios;

/// <summary>Clients whose network breaks; between them and the server stands a relay.</summary>
public sealed class RecoveryTests(RecoveryServer server, SdkHost sdk) : IClassFixture<RecoveryServer>, IAsyncLifetime
{
    private readonly TcpRelay _relay = new(server.Endpoint);

    [Theory, EveryWay(EndsWithItsNetwork = true)]
    public async Task A_client_notices_by_itself_that_its_network_is_silent(SdkWay way)
    {
        var channel = RecoveryServer.NewChannel();
        await using var client = await OpenAsync(way);
        await client.ConnectAsync();
        await client.ConnectingAsync();
        var subscription = await client.SubscribeAsync(channel);

        _relay.BlackHole();
        await server.Api.PublishAsync(channel, "while it was silent");

        // Nothing ends the link: neither end hears from the other, the client misses the pings.
        Assert.Equal(new SdkReason(2, "no ping"), await client.ConnectingAsync());
        Assert.True((await subscription.SubscribedAsync()).Recovered);
        Assert.Equal("while it was silent", (await subscription.PublicationAsync()).Data.GetString());
    }

    [Theory, EveryWay(EndsWithItsNetwork = true)]
    public async Task A_server_notices_by_itself_that_a_client_is_silent(SdkWay way)
    {
        var user = $"user-{Guid.NewGuid():N}";
        var channel = $"watched:{user}";
        await using var client = await OpenAsync(way, user, maxServerPingDelay: TimeSpan.FromMinutes(1));
        await client.ConnectAsync();
        await client.ConnectingAsync();
        await client.SubscribeAsync(channel);
        await using var watcher = await sdk.OpenAsync(way, server.Address, Options("watcher", TimeSpan.FromSeconds(10)));
        await watcher.ConnectAsync();
        var watching = await watcher.SubscribeAsync(channel);

        _relay.BlackHole();

        Assert.Equal(user, (await watching.LeaveAsync()).Info.User);

        // What the server said into the silence arrives in the end.
        _relay.Resume();
        Assert.Equal(new SdkReason(3012, "no pong"), await client.ConnectingAsync());
    }

    [Theory, EveryWay(EndsWithItsNetwork = true)]
    public async Task More_missed_than_history_holds_is_told(SdkWay way)
    {
        var channel = RecoveryServer.NewChannel("short");
        await using var client = await OpenAsync(way);
        await client.ConnectAsync();
        var subscription = await client.SubscribeAsync(channel);
        await server.Api.PublishAsync(channel, 0);
        await subscription.PublicationAsync();

        await AwayAsync(client, async () =>
        {
            for (var number = 1; number <= 10; number++)
                await server.Api.PublishAsync(channel, number);
        });

        var subscribed = await subscription.SubscribedAsync();
        Assert.Equal((true, false, 11UL), (subscribed.WasRecovering, subscribed.Recovered, subscribed.StreamPosition!.Offset));
        await server.Api.PublishAsync(channel, "next");
        Assert.Equal("next", (await subscription.PublicationAsync()).Data.GetString());
    }

    [Theory, EveryWay(EndsWithItsNetwork = true)]
    public async Task Removed_history_that_was_missed_is_told(SdkWay way)
    {
        var channel = RecoveryServer.NewChannel();
        await using var client = await OpenAsync(way);
        await client.ConnectAsync();
        var subscription = await client.SubscribeAsync(channel);

        await AwayAsync(client, async () =>
        {
            await server.Api.PublishAsync(channel, "missed");
            await server.Api.CallAsync("history_remove", new { channel });
        });

        var subscribed = await subscription.SubscribedAsync();
        Assert.Equal((true, false, 1UL), (subscribed.WasRecovering, subscribed.Recovered, subscribed.StreamPosition!.Offset));
    }

    [Theory, EveryWay(EndsWithItsNetwork = true)]
    public async Task Removed_history_that_was_not_missed_does_no_harm(SdkWay way)
    {
        var channel = RecoveryServer.NewChannel();
        await using var client = await OpenAsync(way);
        await client.ConnectAsync();
        var subscription = await client.SubscribeAsync(channel);
        await server.Api.PublishAsync(channel, "seen");
        await subscription.PublicationAsync();

        await AwayAsync(client, () => server.Api.CallAsync("history_remove", new { channel }));

        Assert.True((await subscription.SubscribedAsync()).Recovered);
        await server.Api.PublishAsync(channel, "next");
        Assert.Equal(2UL, (await subscription.PublicationAsync()).Offset);
    }

    [Theory, EveryWay(EndsWithItsNetwork = true)]
    public async Task Subscriptions_of_the_server_recover_too(SdkWay way)
    {
        var channel = RecoveryServer.NewChannel();
        await using var client = await OpenAsync(way, claims: new JsonObject { ["channels"] = new JsonArray(channel) });
        await client.ConnectAsync();
        await client.Events.NextAsync<SdkSubscribed>("subscribed");
        await server.Api.PublishAsync(channel, 1);
        await client.Events.NextAsync<SdkPublication>("publication");

        await AwayAsync(client, async () =>
        {
            await server.Api.PublishAsync(channel, 2);
            await server.Api.PublishAsync(channel, 3);
        });

        var subscribed = await client.Events.NextAsync<SdkSubscribed>("subscribed");
        Assert.Equal((true, true), (subscribed.WasRecovering, subscribed.Recovered));
        Assert.Equal(2, (await client.Events.NextAsync<SdkPublication>("publication")).Data.GetInt32());
        Assert.Equal(3, (await client.Events.NextAsync<SdkPublication>("publication")).Data.GetInt32());
        Assert.Equal(0, client.Events.CountUntaken("publication"));
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _relay.DisposeAsync();

    private async Task AwayAsync(SdkClient client, Func<Task> meanwhile)
    {
        _relay.IsRefusing = true;
        _relay.Cut();
        await client.ConnectingAsync();
        await client.ConnectingAsync();
        await meanwhile();
        _relay.IsRefusing = false;
    }

    private SdkClientOptions Options(string user, TimeSpan maxServerPingDelay, JsonObject? claims = null) => new()
    {
        Token = server.Tokens.Connection(user, claims: claims),
        MaxServerPingDelay = maxServerPingDelay,
    };

    private Task<SdkClient> OpenAsync(
        SdkWay way, string user = "alice", JsonObject? claims = null, TimeSpan? maxServerPingDelay = null) =>
        sdk.OpenAsync(way, _relay.Address, Options(user, maxServerPingDelay ?? TimeSpan.FromSeconds(2), claims));
}
