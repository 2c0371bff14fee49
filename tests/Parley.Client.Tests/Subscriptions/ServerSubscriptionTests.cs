using System.Text.Json.Nodes;
using Parley.Client.Tests.Events;
using Parley.Client.Tests.Servers;

namespace Parley.Client.Tests.Subscriptions;

public sealed class ServerSubscriptionTests(ClientServer server) : IClassFixture<ClientServer>
{
    [Theory, EveryWay]
    public async Task The_server_subscribes_and_unsubscribes_a_session(Way way)
    {
        var user = Guid.NewGuid().ToString("N");
        var channel = ClientServer.NewChannel("kept");
        await using var client = server.NewClient(way, options => options.Token = server.Tokens.Connection(user));
        var events = new ClientEvents(client);
        client.Connect();
        await events.Connected.NextAsync();

        await server.Parley.SubscribeAsync(new SessionSelector(user), channel, new ServerSubscribeOptions { Data = "\"hello\""u8.ToArray() });
        var subscribed = await events.ServerSubscribed.NextAsync();
        await server.PublishAsync(channel, 1);
        var publication = await events.ServerPublications.NextAsync();
        await server.Parley.UnsubscribeAsync(new SessionSelector(user), channel);
        var unsubscribed = await events.ServerUnsubscribed.NextAsync();

        Assert.Equal((channel, true), (subscribed.Channel, subscribed.Subscription.IsRecoverable));
        Assert.Equal("\"hello\""u8, subscribed.Subscription.Data.Span);
        Assert.Equal((channel, 1UL), (publication.Channel, publication.Publication.Offset));
        Assert.Equal(channel, unsubscribed.Channel);
    }

    [Theory, EveryWay]
    public async Task A_channel_that_a_new_token_does_not_have_is_told_to_be_gone(Way way)
    {
        var user = Guid.NewGuid().ToString("N");
        var (kept, gone) = (ClientServer.NewChannel("given"), ClientServer.NewChannel("given"));
        var tokens = new Queue<JsonArray>([new(kept, gone), new(kept)]);
        await using var client = server.NewClient(way, options => options.GetToken = _ => ValueTask.FromResult<string?>(
            server.Tokens.Connection(user, claims: new JsonObject { ["channels"] = tokens.Dequeue() })));
        var events = new ClientEvents(client);
        client.Connect();
        await events.Connected.NextAsync();
        await events.ServerSubscribed.NextAsync();
        await events.ServerSubscribed.NextAsync();

        await server.Parley.DisconnectAsync(
            new SessionSelector(user), new DisconnectOptions { Reason = new(3014, "state invalidated") });

        Assert.Equal(gone, (await events.ServerUnsubscribed.NextAsync()).Channel);
        Assert.Equal(kept, (await events.ServerSubscribed.NextAsync()).Channel);
    }
}
