using System.Text.Json;
using System.Text.Json.Nodes;
using Parley.Client.Tests.Events;
using Parley.Client.Tests.Servers;
using Parley.Testing;

namespace Parley.Client.Tests.Subscriptions;

/// <summary>Between clients and the server stands a network that breaks.</summary>
public sealed class RecoveryTests(ClientServer server) : IClassFixture<ClientServer>, IAsyncLifetime
{
    private readonly TcpRelay _relay = new(server.Endpoint);

    [Theory, EveryWay]
    public async Task A_network_that_keeps_failing_loses_and_doubles_nothing(Way way)
    {
        const int Total = 500;
        var channel = ClientServer.NewChannel("kept");
        await using var client = server.NewClient(way, at: _relay.Endpoint);
        var subscription = client.NewSubscription(channel);
        var events = new SubscriptionEvents(subscription);
        subscription.Subscribe();
        client.Connect();
        await events.Subscribed.NextAsync();

        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(2));
        for (var number = 1; number <= Total; number++)
        {
            await pace.WaitForNextTickAsync();
            await server.PublishAsync(channel, number);
            if (number % 60 == 0) _relay.Cut();
        }

        for (var number = 1; number <= Total; number++)
        {
            var publication = await events.Publications.NextAsync();
            Assert.Equal((number, (ulong)number), (NumberIn(publication), publication.Offset));
        }

        Assert.Equal(0, events.Publications.Count);
        Assert.Equal((ulong)Total, subscription.Position!.Value.Offset);
        while (events.Subscribed.Count > 0) Assert.True(await events.Subscribed.NextAsync() is { WasRecovering: true, Recovered: true });
    }

    [Theory, EveryWay(Polling = false)]
    public async Task What_was_missed_comes_after_the_word_that_it_does(Way way)
    {
        var channel = ClientServer.NewChannel("kept");
        await using var client = server.NewClient(way, at: _relay.Endpoint);
        var clientEvents = new ClientEvents(client);
        var subscription = client.NewSubscription(channel);
        var events = new SubscriptionEvents(subscription);
        subscription.Subscribe();
        client.Connect();
        Assert.True(await events.Subscribed.NextAsync() is { WasRecovering: false, IsRecoverable: true, Position.Offset: 0 });

        await AwayAsync(clientEvents, async () =>
        {
            for (var number = 1; number <= 3; number++) await server.PublishAsync(channel, number);
        });

        Assert.True(await events.Subscribed.NextAsync() is { WasRecovering: true, Recovered: true });
        for (var number = 1; number <= 3; number++) Assert.Equal(number, NumberIn(await events.Publications.NextAsync()));
        await server.PublishAsync(channel, 4);
        Assert.Equal(4, NumberIn(await events.Publications.NextAsync()));
    }

    [Theory, EveryWay(Polling = false)]
    public async Task More_missed_than_is_kept_is_told(Way way)
    {
        var channel = ClientServer.NewChannel("short");
        await using var client = server.NewClient(way, at: _relay.Endpoint);
        var clientEvents = new ClientEvents(client);
        var subscription = client.NewSubscription(channel);
        var events = new SubscriptionEvents(subscription);
        subscription.Subscribe();
        client.Connect();
        await events.Subscribed.NextAsync();

        await AwayAsync(clientEvents, async () =>
        {
            for (var number = 1; number <= 10; number++) await server.PublishAsync(channel, number);
        });

        Assert.True(await events.Subscribed.NextAsync() is { WasRecovering: true, Recovered: false, Position.Offset: 10 });
        await server.PublishAsync(channel, 11);
        Assert.Equal(11, NumberIn(await events.Publications.NextAsync()));
    }

    [Fact]
    public async Task A_loop_learns_of_a_gap()
    {
        var channel = ClientServer.NewChannel("short");
        await using var client = server.NewClient(Way.WebSocketJson, at: _relay.Endpoint);
        var clientEvents = new ClientEvents(client);
        var subscription = client.NewSubscription(channel);
        var events = new SubscriptionEvents(subscription);
        client.Connect();
        var publications = subscription.ReadAllAsync().GetAsyncEnumerator();
        var first = publications.MoveNextAsync().AsTask();
        await events.Subscribed.NextAsync();
        await server.PublishAsync(channel, 1);
        Assert.True(await first.WaitAsync(Patience.Limit));

        await AwayAsync(clientEvents, async () =>
        {
            for (var number = 2; number <= 10; number++) await server.PublishAsync(channel, number);
        });

        var gap = await Assert.ThrowsAsync<ParleyException>(() => publications.MoveNextAsync().AsTask().WaitAsync(Patience.Limit));
        Assert.Equal(ErrorCodes.UnrecoverablePosition, gap.Code);
        Assert.Equal(SubscriptionState.Subscribed, subscription.State);
        await publications.DisposeAsync();
    }

    [Theory, EveryWay]
    public async Task A_subscription_begins_where_another_has_ended(Way way)
    {
        var channel = ClientServer.NewChannel("kept");
        await server.PublishAsync(channel, 1);
        await using var client = server.NewClient(way);
        client.Connect();
        var page = await HistoryAsync(client, channel);
        await server.PublishAsync(channel, 2);

        var subscription = client.NewSubscription(channel, new SubscriptionOptions { Since = page.Position });
        var events = new SubscriptionEvents(subscription);
        subscription.Subscribe();

        Assert.True(await events.Subscribed.NextAsync() is { WasRecovering: true, Recovered: true });
        Assert.Equal(2, NumberIn(await events.Publications.NextAsync()));
    }

    [Theory, EveryWay]
    public async Task The_position_survives_an_unsubscribe(Way way)
    {
        var channel = ClientServer.NewChannel("kept");
        await using var client = server.NewClient(way);
        client.Connect();
        var subscription = client.NewSubscription(channel);
        var events = new SubscriptionEvents(subscription);
        subscription.Subscribe();
        await events.Subscribed.NextAsync();

        subscription.Unsubscribe();
        await events.Unsubscribed.NextAsync();
        await server.PublishAsync(channel, 1);
        subscription.Subscribe();

        Assert.True(await events.Subscribed.NextAsync() is { WasRecovering: true, Recovered: true });
        Assert.Equal(1, NumberIn(await events.Publications.NextAsync()));
    }

    [Theory, EveryWay(Polling = false)]
    public async Task Subscriptions_of_the_server_recover_too(Way way)
    {
        var channel = ClientServer.NewChannel("kept");
        var token = server.Tokens.Connection("ada", claims: new JsonObject { ["channels"] = new JsonArray(channel) });
        await using var client = server.NewClient(way, options => options.Token = token, _relay.Endpoint);
        var events = new ClientEvents(client);
        client.Connect();
        Assert.Equal(channel, (await events.ServerSubscribed.NextAsync()).Channel);
        await server.PublishAsync(channel, 1);
        await events.ServerPublications.NextAsync();

        await AwayAsync(events, async () =>
        {
            await server.PublishAsync(channel, 2);
            await server.PublishAsync(channel, 3);
        });

        Assert.Equal(channel, (await events.ServerSubscribing.NextAsync()).Channel);
        Assert.True((await events.ServerSubscribed.NextAsync()).Subscription is { WasRecovering: true, Recovered: true });
        Assert.Equal(2, NumberIn((await events.ServerPublications.NextAsync()).Publication));
        Assert.Equal(3, NumberIn((await events.ServerPublications.NextAsync()).Publication));
        Assert.Equal(0, events.ServerPublications.Count);
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _relay.DisposeAsync();

    private static int NumberIn(Publication publication) => JsonSerializer.Deserialize<int>(publication.Data.Span);

    /// <summary>The position of a channel, as the application stores it with a state.</summary>
    private static async Task<HistoryPage> HistoryAsync(ParleyClient client, string channel)
    {
        var subscription = client.NewSubscription(channel);
        subscription.Subscribe();
        var page = await subscription.HistoryAsync();
        client.RemoveSubscription(subscription);
        return page;
    }

    private async Task AwayAsync(ClientEvents events, Func<Task> meanwhile)
    {
        await events.Connecting.NextAsync();
        _relay.IsRefusing = true;
        _relay.Cut();
        Assert.Equal(new ConnectingEventArgs(ConnectingCodes.TransportClosed, "transport closed"), await events.Connecting.NextAsync());
        await meanwhile();
        _relay.IsRefusing = false;
    }
}
