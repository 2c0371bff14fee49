using System.Net.WebSockets;
using Parley.AspNetCore.Tests.Transports.WebSockets;
using Parley.Sessions;
using Parley.Testing;

namespace Parley.AspNetCore.Tests.Stress;

/// <summary>The same over a web server's connections: clients that come, go, vanish and read slowly, and all their promises.</summary>
public sealed class SocketStressTests(ITestOutputHelper output)
{
    private const int Actors = 8;
    private const int ClientsOfEach = 6;
    private const int StepsOfEach = 60;

    private static readonly long[] Closes =
        [DisconnectReason.Slow.Code, DisconnectReason.ForceReconnect.Code, (long)WebSocketCloseStatus.NormalClosure];

    /// <summary>Sockets of Parley's, those of Kestrel, and the pipes of both with TLS in between.</summary>
    [Theory]
    [InlineData(HostKind.Own)]
    [InlineData(HostKind.Socket)]
    [InlineData(HostKind.Tls)]
    [InlineData(HostKind.OwnTls)]
    public Task WhateverHappensAtOnce_ClientsGetAllOfTheirChannels_OnceAndInOrder_AndNothingIsLeft(HostKind kind) =>
        StressSettings.RunAsync(seed => RunAsync(kind, seed));

    private async Task RunAsync(HostKind kind, int seed)
    {
        await using var host = await SocketStressHost.StartAsync(kind, seed);
        var random = new Random(seed);
        var all = new List<SocketStressClient>();
        var actors = Enumerable.Range(0, Actors)
            .Select(i => new SocketStressActor(host, new SocketStressClient?[ClientsOfEach], all, new Random(random.Next()), i + 1))
            .ToArray();
        for (var left = StressSettings.Rounds(3); left > 0; left--)
        {
            await Task.WhenAll(actors.Select(actor => Task.Run(() => actor.RunAsync(StepsOfEach))));
            foreach (var client in all)
                client.Resume();
            await Eventually.BecomesAsync(
                () => Task.FromResult(all.Select(static client => client.Missing).FirstOrDefault(static missing => missing is not null) ?? "nothing"),
                static answer => answer == "nothing");
        }

        var clients = actors.SelectMany(static actor => actor.Clients).ToArray();
        for (var i = 0; i < clients.Length; i++)
        {
            for (var index = 0; index < host.Channels.Count; index++)
                await clients[i].UnsubscribeAsync(index);
            await (i % 2 == 0 ? clients[i].ResetAsync() : clients[i].CloseAsync());
        }

        await actors[0].StallUntilClosedAsync();
        await host.EmptyAsync();
        foreach (var client in all)
            await client.EndAsync();
        Check(host, all);
    }

    private void Check(SocketStressHost host, List<SocketStressClient> all)
    {
        var (subscriptions, publications) = (0, 0);
        foreach (var client in all)
        {
            var check = new StressCheck(client.Name, host.Channels, client.Subscriptions, Closes);
            check.Take(client.Received);
            subscriptions += check.Subscriptions;
            publications += check.Publications;
        }

        var slow = all.Count(static client => client.Received.Contains(new Received(ReceivedKind.Closed, Number: DisconnectReason.Slow.Code)));
        var cutShort = all.Sum(static client => client.CutShort);
        output.WriteLine($"{all.Count} clients, {slow} closed as slow, {subscriptions} subscriptions, {cutShort} cut short, {publications} deliveries");
        Assert.True(slow > 0 && subscriptions > 200 && publications > 3000);
        // The application ends a subscription as it begins now and then; a server that fails says the same.
        Assert.True(cutShort * 20 < subscriptions, $"{cutShort} cut short, of {subscriptions}");
    }
}
