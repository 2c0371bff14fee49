namespace Parley.AspNetCore.Tests.Stress;

/// <summary>Hub, sessions, batches and senders under threads that do everything at once.</summary>
public sealed class EngineStressTests(ITestOutputHelper output)
{
    private const int Actors = 4;
    private const int ClientsOfEach = 16;
    private const int StepsOfEach = 400;

    private static readonly long[] Closes =
        [Sessions.DisconnectReason.Slow.Code, Sessions.DisconnectReason.ForceReconnect.Code, Sessions.DisconnectReason.Shutdown.Code];

    [Fact]
    public Task WhateverHappensAtOnce_SubscribersGetAllOfTheirChannels_OnceAndInOrder_AndNothingIsLeft() => StressSettings.RunAsync(RunAsync);

    private async Task RunAsync(int seed)
    {
        using var node = new StressNode(seed);
        await node.StartAsync();
        var random = new Random(seed);
        var clients = new StressClient[Actors * ClientsOfEach];
        for (var i = 0; i < clients.Length; i++)
        {
            clients[i] = node.Open(random);
            await clients[i].ConnectAsync();
            await clients[i].SubscribeAsync(0, wantsRecovery: false);
        }

        var actors = Enumerable.Range(0, Actors)
            .Select(i => new StressActor(node, clients, i * ClientsOfEach, ClientsOfEach, new Random(random.Next()), i + 1))
            .ToArray();
        for (var left = StressSettings.Rounds(25); left > 0; left--)
        {
            await Task.WhenAll(actors.Select(static actor =>
                Task.Factory.StartNew(() => actor.Run(StepsOfEach), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
            await node.RestAsync();
        }

        await EndAsync(node, clients);
        Check(node);
    }

    private static async Task EndAsync(StressNode node, StressClient[] clients)
    {
        for (var i = 0; i < clients.Length; i++)
        {
            for (var channel = 0; channel < node.Channels.Count && i % 2 == 0; channel++)
                await clients[i].UnsubscribeAsync(channel);
            if (i % 4 < 2)
                clients[i].Leave();
            else
                clients[i].Session.Disconnect(Sessions.DisconnectReason.Shutdown);
        }

        await node.RestAsync();
        await node.EmptyAsync();
    }

    private void Check(StressNode node)
    {
        var subscriptions = 0;
        var publications = 0;
        foreach (var client in node.Clients)
        {
            var check = new StressCheck(client.Name, node.Channels, client.Subscriptions, Closes);
            check.Take(client.Output.Sent);
            subscriptions += check.Subscriptions;
            publications += check.Publications;
        }

        var recovered = node.Clients.Sum(static client => client.Subscriptions.Sum(static subscription => subscription.Recovered.Count));
        var slow = node.Clients.Count(static client => client.Output.Sent.Contains(new Received(ReceivedKind.Closed, Number: Sessions.DisconnectReason.Slow.Code)));
        var cutShort = node.Clients.Sum(static client => client.CutShort);
        output.WriteLine($"{node.Clients.Count} clients, {slow} closed as slow, {subscriptions} subscriptions, {cutShort} cut short, " +
            $"{publications} deliveries, {recovered} recovered");
        Assert.True(slow > 0 && subscriptions > 1000 && publications > 30_000 && recovered > 500);
        // The application ends a subscription as it begins now and then; a server that fails says the same.
        Assert.True(cutShort * 20 < subscriptions, $"{cutShort} cut short, of {subscriptions}");
    }
}
