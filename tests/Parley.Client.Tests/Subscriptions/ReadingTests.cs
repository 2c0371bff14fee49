using System.Text.Json;
using Parley.Client.Dispatch;
using Parley.Client.Tests.Events;
using Parley.Client.Tests.Servers;
using Parley.Testing;

namespace Parley.Client.Tests.Subscriptions;

public sealed class ReadingTests(ClientServer server) : IClassFixture<ClientServer>
{
    [Theory, EveryWay]
    public async Task A_slow_loop_gets_everything_once_and_in_order(Way way)
    {
        const int Total = 300;
        await using var client = server.NewClient(way);
        var subscription = client.NewSubscription(ClientServer.NewChannel("kept"));
        var events = new SubscriptionEvents(subscription);
        client.Connect();
        var published = new TaskCompletionSource();
        var reading = ReadAsync();
        await events.Subscribed.NextAsync();
        for (var number = 1; number <= Total; number++) await server.PublishAsync(subscription.Channel, number);
        published.SetResult();

        Assert.Equal(Enumerable.Range(1, Total), await reading.WaitAsync(Patience.Limit));

        async Task<List<int>> ReadAsync()
        {
            var numbers = new List<int>();
            await foreach (var publication in subscription.ReadAllAsync(capacity: 2))
            {
                await published.Task;
                await Task.Yield();
                numbers.Add(JsonSerializer.Deserialize<int>(publication.Data.Span));
                if (numbers.Count == Total) break;
            }

            return numbers;
        }
    }

    [Fact]
    public async Task An_application_that_stands_still_stops_the_reading_and_catches_up()
    {
        // More than the client holds, the sockets hold and the server holds back: the server closes, the client recovers.
        const int Total = 4 * EventDispatcher.Limit;
        await using var small = await ClientServer.StartAsync(options =>
        {
            options.Clients.MaxQueuedBytes = 64 * 1024;
            options.Channels.Namespaces["long"] = new()
            {
                AllowSubscribe = true,
                AllowAnonymousSubscribe = true,
                ForceRecovery = true,
                HistorySize = 2 * Total,
                HistoryTtl = TimeSpan.FromMinutes(10),
            };
            options.Channels.MaxHistoryLimit = 2 * Total;
        });
        await using var client = small.NewClient(Way.WebSocketJson);
        var clientEvents = new ClientEvents(client);
        var subscription = client.NewSubscription(ClientServer.NewChannel("long"));
        var stop = new TaskCompletionSource();
        var held = new TaskCompletionSource();
        var numbers = new List<int>();
        var all = new TaskCompletionSource();
        subscription.PublicationReceived += (_, publication) =>
        {
            held.TrySetResult();
            stop.Task.Wait();
            numbers.Add(JsonDocument.Parse(publication.Data).RootElement.GetProperty("number").GetInt32());
            if (numbers.Count == Total) all.SetResult();
        };
        subscription.Subscribe();
        client.Connect();
        await subscription.ReadyAsync().WaitAsync(Patience.Limit);
        var text = new string('x', 8 * 1024);

        for (var number = 1; number <= Total; number++) await small.PublishAsync(subscription.Channel, new { number, text });
        await held.Task.WaitAsync(Patience.Limit);
        await Eventually.BecomesAsync(
            async () => (await small.Parley.GetChannelsAsync()).Count, static channels => channels == 0);
        stop.SetResult();

        await all.Task.WaitAsync(Patience.Limit);
        Assert.Equal(Enumerable.Range(1, Total), numbers);
        Assert.True(clientEvents.Connecting.Count > 1);
    }

    [Fact]
    public async Task A_call_inside_a_loop_that_is_far_behind_is_answered()
    {
        const int Total = 3 * EventDispatcher.Limit;
        await using var client = server.NewClient(Way.WebSocketJson);
        client.Connect();
        var subscription = client.NewSubscription(ClientServer.NewChannel("chat"));
        var events = new SubscriptionEvents(subscription);
        var published = new TaskCompletionSource();
        var reading = ReadAsync();
        await events.Subscribed.NextAsync();
        for (var number = 1; number <= Total; number++) await server.PublishAsync(subscription.Channel, number);
        published.SetResult();

        Assert.Equal(3, await reading.WaitAsync(Patience.Limit));

        async Task<int> ReadAsync()
        {
            var answered = 0;
            await foreach (var _ in subscription.ReadAllAsync(capacity: 1))
            {
                await published.Task;
                await subscription.PresenceStatsAsync();
                if (++answered == 3) break;
            }

            return answered;
        }
    }

    [Theory, EveryWay]
    public async Task A_loop_ends_with_the_subscription(Way way)
    {
        await using var client = server.NewClient(way);
        client.Connect();
        var subscription = client.NewSubscription(ClientServer.NewChannel());
        var events = new SubscriptionEvents(subscription);
        var reading = CountAsync(subscription);
        await events.Subscribed.NextAsync();
        await server.PublishAsync(subscription.Channel, 1);
        await events.Publications.NextAsync();

        subscription.Unsubscribe();

        Assert.Equal(1, await reading.WaitAsync(Patience.Limit));
    }

    [Fact]
    public async Task A_loop_tells_why_the_server_ended_it()
    {
        await using var client = server.NewClient(Way.WebSocketJson);
        client.Connect();

        var ended = await Assert.ThrowsAsync<ParleyException>(
            () => CountAsync(client.NewSubscription("closed:channel")).WaitAsync(Patience.Limit));

        Assert.Equal(ErrorCodes.PermissionDenied, ended.Code);
    }

    [Fact]
    public async Task A_loop_can_be_cancelled_and_another_begun()
    {
        await using var client = server.NewClient(Way.WebSocketJson);
        client.Connect();
        var subscription = client.NewSubscription(ClientServer.NewChannel());
        using var cancel = new CancellationTokenSource();
        var reading = CountAsync(subscription, cancel.Token);
        await subscription.ReadyAsync().WaitAsync(Patience.Limit);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        Assert.Equal(SubscriptionState.Subscribed, subscription.State);
        var publications = subscription.ReadAllAsync().GetAsyncEnumerator();
        var next = publications.MoveNextAsync().AsTask();
        await server.PublishAsync(subscription.Channel, 2);
        Assert.True(await next.WaitAsync(Patience.Limit));
        await publications.DisposeAsync();
    }

    private static async Task<int> CountAsync(Subscription subscription, CancellationToken cancellationToken = default)
    {
        var count = 0;
        await foreach (var _ in subscription.ReadAllAsync(cancellationToken: cancellationToken)) count++;
        return count;
    }
}
