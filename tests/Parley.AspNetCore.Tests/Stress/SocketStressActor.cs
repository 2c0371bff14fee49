using Parley.Sessions;

namespace Parley.AspNetCore.Tests.Stress;

/// <summary>Does what clients, publishers and the application do, in an order that its seed decides.</summary>
/// <param name="host">The server.</param>
/// <param name="clients">Its own clients.</param>
/// <param name="all">Gets all clients that ever were.</param>
/// <param name="random">Its decisions.</param>
/// <param name="number">Tells its publications from those of others.</param>
internal sealed class SocketStressActor(SocketStressHost host, SocketStressClient?[] clients, List<SocketStressClient> all, Random random, int number)
{
    private const int StallPadding = 12_000;
    private const int MaxStallPublications = 4000; // more than kernels keep of one connection

    private long _published;

    public IEnumerable<SocketStressClient> Clients => clients.OfType<SocketStressClient>();

    /// <summary>A client that reads nothing until it is closed, and then what there was.</summary>
    public async Task StallUntilClosedAsync()
    {
        var client = Create();
        if (!await client.OpenAsync())
            throw new StressException($"{client.Name} was closed before it connected");
        await client.SubscribeAsync(0, wantsRecovery: false);
        client.Stall();
        for (var left = MaxStallPublications; host.Node.Hub.Sessions.All.Any(session => session.Id == client.Id); left--)
        {
            if (left == 0)
                throw new StressException($"{client.Name} reads nothing, and was not closed");
            await host.Publisher.PublishAsync(host.Channels[0].Name, NextPayload(StallPadding));
        }

        client.Resume();
        await client.EndAsync();
    }

    public async Task RunAsync(int steps)
    {
        for (; steps > 0; steps--)
            await StepAsync();
    }

    private async Task StepAsync()
    {
        var index = StressChannels.Any(random);
        switch (random.Next(100))
        {
            case < 24:
                await PublishAsync(index);
                break;
            case < 30:
                await VisitAsync(StressChannels.AnyEmpty(random));
                break;
            case < 38:
                await (await MineAsync()).PublishAsync(index, Payloads());
                break;
            case < 62:
                await (await MineAsync()).SubscribeAsync(index, wantsRecovery: random.Next(2) == 0);
                break;
            case < 75:
                await (await MineAsync()).UnsubscribeAsync(index);
                break;
            case < 80:
                var channel = host.Channels[index];
                Anyone()?.Unsubscribe(channel.Name, StressFormat.EndAfter(channel.Delivered));
                break;
            case < 87:
                (await MineAsync()).Stall();
                break;
            case < 94:
                (await MineAsync()).Resume();
                break;
            case < 97:
                await (await MineAsync()).ResetAsync();
                break;
            case < 99:
                await (await MineAsync()).CloseAsync();
                break;
            default:
                Anyone()?.Disconnect(DisconnectReason.ForceReconnect);
                break;
        }
    }

    private async Task VisitAsync(int index)
    {
        var client = await MineAsync();
        await client.SubscribeAsync(index, wantsRecovery: random.Next(2) == 0);
        await PublishAsync(index);
        await client.UnsubscribeAsync(index);
    }

    private async Task PublishAsync(int index)
    {
        foreach (var payload in Payloads())
            await host.Publisher.PublishAsync(host.Channels[index].Name, payload);
    }

    private byte[][] Payloads() => [.. Enumerable.Range(0, random.Next(1, 6)).Select(_ => NextPayload(
        random.Next(100) switch { 0 => 12_000, < 10 => random.Next(6_000), _ => random.Next(64) }))];

    private byte[] NextPayload(int padding) => SocketStressHost.CreatePayload(((long)number << 32) | ++_published, padding);

    private Session? Anyone() => host.Node.Hub.Sessions.All.ElementAtOrDefault(random.Next(host.Node.Hub.Sessions.Count + 1));

    private async Task<SocketStressClient> MineAsync()
    {
        var place = random.Next(clients.Length);
        if (clients[place] is { HasEnded: false } client)
            return client;

        while (true)
        {
            var opened = Create();
            clients[place] = opened;
            // Another actor may have the server close it before it knows that it is connected.
            if (!await opened.OpenAsync())
                continue;
            await opened.SubscribeAsync(0, wantsRecovery: false);
            await opened.SubscribeAsync(1, wantsRecovery: false);
            return opened;
        }
    }

    private SocketStressClient Create()
    {
        lock (all)
        {
            var client = new SocketStressClient($"client {all.Count}", host, random);
            all.Add(client);
            return client;
        }
    }
}
