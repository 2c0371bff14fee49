using Parley.Client.Tests.Events;
using Parley.Client.Tests.Servers;
using Parley.Testing;

namespace Parley.Client.Tests.Connections;

public sealed class ConnectingTests(ClientServer server) : IClassFixture<ClientServer>
{
    [Theory, EveryWay]
    public async Task A_client_connects_and_disconnects(Way way)
    {
        await using var client = server.NewClient(way);
        var events = new ClientEvents(client);
        Assert.Equal(ClientState.Disconnected, client.State);

        client.Connect();
        Assert.Equal(new ConnectingEventArgs(ConnectingCodes.ConnectCalled, "connect called"), await events.Connecting.NextAsync());
        var connected = await events.Connected.NextAsync();
        await client.ReadyAsync().WaitAsync(Patience.Limit);

        Assert.Equal(ClientState.Connected, client.State);
        Assert.Equal(way.Transport(), connected.Transport);
        Assert.NotEmpty(connected.Client);

        client.Disconnect();
        Assert.Equal(ClientState.Disconnected, client.State);
        Assert.Equal(
            new DisconnectedEventArgs(DisconnectedCodes.DisconnectCalled, "disconnect called"), await events.Disconnected.NextAsync());
        var exception = await Assert.ThrowsAsync<ParleyException>(() => client.ReadyAsync());
        Assert.Equal(ErrorCodes.ClientDisconnected, exception.Code);
    }

    [Theory, EveryWay]
    public async Task The_server_sees_a_client_that_disconnects_go(Way way)
    {
        var channel = ClientServer.NewChannel("chat");
        await using var client = server.NewClient(way);
        var subscription = client.NewSubscription(channel);
        subscription.Subscribe();
        client.Connect();
        await subscription.ReadyAsync().WaitAsync(Patience.Limit);

        client.Disconnect();

        await Eventually.BecomesAsync(
            async () => await server.Parley.GetPresenceStatsAsync(channel), static stats => stats.Clients == 0);
    }

    [Theory, EveryWay]
    public async Task Fifty_rapid_cycles_end_connected_once(Way way)
    {
        var channel = ClientServer.NewChannel("chat");
        await using var client = server.NewClient(way);
        var events = new ClientEvents(client);
        var subscription = client.NewSubscription(channel);
        subscription.Subscribe();

        for (var cycle = 0; cycle < 50; cycle++)
        {
            client.Connect();
            // Every other time the connection is really there.
            if (cycle % 2 == 0) await subscription.ReadyAsync().WaitAsync(Patience.Limit);
            client.Disconnect();
        }

        client.Connect();
        await subscription.ReadyAsync().WaitAsync(Patience.Limit);

        for (var cycle = 0; cycle < 50; cycle++) Assert.Equal(0u, (await events.Disconnected.NextAsync()).Code);
        Assert.Equal(0, events.Disconnected.Count);
        await Eventually.BecomesAsync(
            async () => await server.Parley.GetPresenceStatsAsync(channel), static stats => stats.Clients == 1);
    }

    [Theory, EveryWay]
    public async Task Events_come_in_the_order_of_what_happened_and_never_two_at_once(Way way)
    {
        var channel = ClientServer.NewChannel("chat");
        var order = new List<string>();
        var running = 0;
        await using var client = server.NewClient(way);
        var subscription = client.NewSubscription(channel);
        client.Connecting += (_, _) => Note("connecting");
        client.Connected += (_, _) => Note("connected");
        client.Disconnected += (_, _) => Note("disconnected");
        subscription.Subscribing += (_, args) => Note($"subscribing {args.Code}");
        subscription.Subscribed += (_, _) => Note("subscribed");
        subscription.PublicationReceived += (_, _) => Note("publication");
        subscription.Unsubscribed += (_, _) => Note("unsubscribed");

        subscription.Subscribe();
        client.Connect();
        await subscription.ReadyAsync().WaitAsync(Patience.Limit);
        await subscription.PublishAsync("1"u8.ToArray());
        await Eventually.BecomesAsync(() => Task.FromResult(Snapshot().Length), static count => count >= 5);
        client.Disconnect();
        subscription.Unsubscribe();
        await client.DisposeAsync();

        Assert.Equal(
            ["subscribing 0", "connecting", "connected", "subscribed", "publication", "disconnected", "subscribing 1", "unsubscribed"],
            Snapshot());

        void Note(string name)
        {
            Assert.Equal(1, Interlocked.Increment(ref running));
            Thread.Yield();
            lock (order) order.Add(name);
            Interlocked.Decrement(ref running);
        }

        string[] Snapshot()
        {
            lock (order) return [.. order];
        }
    }

    [Fact]
    public async Task A_handler_that_throws_is_reported_and_holds_up_nothing()
    {
        await using var client = server.NewClient(Way.WebSocketJson);
        client.Connecting += (_, _) => throw new InvalidOperationException("of the test");
        var events = new ClientEvents(client);

        client.Connect();

        var error = (await events.Errors.NextAsync()).Exception;
        Assert.Equal(ErrorCodes.HandlerFailed, error.Code);
        Assert.Equal("of the test", error.InnerException!.Message);
        await events.Connecting.NextAsync();
        await events.Connected.NextAsync();
    }

    [Theory, EveryWay]
    public async Task A_handler_may_dispose_the_client(Way way)
    {
        var client = server.NewClient(way);
        var disposed = new TaskCompletionSource();
        client.Connected += (_, _) =>
        {
            client.DisposeAsync().AsTask().Wait();
            disposed.SetResult();
        };
        client.Connect();

        await disposed.Task.WaitAsync(Patience.Limit);

        Assert.Throws<ObjectDisposedException>(client.Connect);
    }

    [Fact]
    public async Task Waiting_for_the_connection_can_be_given_up()
    {
        await using var client = server.NewClient(Way.WebSocketJson, at: TestNetwork.Nowhere);
        client.Connect();
        using var cancel = new CancellationTokenSource();
        var ready = client.ReadyAsync(cancel.Token);
        var publish = client.PublishAsync("channel", "1"u8.ToArray(), cancel.Token);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ready);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => publish);
    }
}
