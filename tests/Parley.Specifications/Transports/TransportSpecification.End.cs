using Parley.Sessions;
using Parley.Testing;

namespace Parley.Specifications.Transports;

public abstract partial class TransportSpecification
{
    [Fact]
    public async Task A_node_that_stops_tells_every_client_3001_and_takes_nothing_more()
    {
        var host = await StartAsync();
        var clients = new[] { await OpenAsync(host, "first", "chat"), await OpenAsync(host, "second", "chat"), await OpenAsync(host, "third") };
        var reading = Task.WhenAll(clients.Select(static client => client.DisconnectedAsync()));
        // Of long polling, whose client comes and goes, those who are there when it stops are told. The first polls come back with joins.
        var inARow = 0;
        await Eventually.BecomesAsync(() => Task.FromResult(inARow = CountThere(host) >= clients.Length ? inARow + 1 : 0), static count => count == 5);

        var stopping = host.StopAsync();
        await AdvanceUntilAsync(host, reading);

        Assert.All(await reading, static code => Assert.Equal(3001u, code));
        foreach (var client in clients)
            await Record.ExceptionAsync(() => client.SendAsync(client.Publish("chat", "1")).WaitAsync(Patience.Limit));
        Assert.NotNull(await Record.ExceptionAsync(() => OpenAsync(host, "late")));
        await AdvanceUntilAsync(host, stopping);
        await stopping;
        Assert.Empty(await host.PublishedAsync("chat"));
        await AdvanceUntilAsync(host, AssertNobodyIsLeftAsync(host));
        Assert.Equal(0, host.Connections);
    }

    /// <summary>A WebSocket may go on without its request.</summary>
    private int CountThere(ITransportHost host) => kind == TransportKind.WebSocket ? host.Connections : host.Requests;

    [Fact]
    public async Task What_the_application_says_at_the_end_is_the_last_thing()
    {
        var host = await StartAsync();
        var client = await OpenAsync(host, "ann", "chat");
        await host.PublishAsync("chat", 1);

        await host.Parley.DisconnectAsync(new SessionSelector("ann"), new DisconnectOptions { Reason = new DisconnectReason(4501, "moved") });
        await host.PublishAsync("chat", 2);

        Assert.Equal(1, (await client.NextPublicationAsync()).NumberOf());
        Assert.Equal(4501u, await client.DisconnectedAsync());
        await WhileTimePassesAsync(host, AssertNobodyIsLeftAsync(host));
    }

    [Fact]
    public async Task A_client_without_a_network_is_counted_out()
    {
        var host = await StartAsync();
        var client = await OpenAsync(host, "ann", "chat");
        Assert.Equal(1, host.Connections);
        Assert.Equal(1, (await host.Parley.GetPresenceStatsAsync("chat")).Clients);

        client.Cut();

        await WhileTimePassesAsync(host, AssertNobodyIsLeftAsync(host));
        await AssertNobodyIsPresentAsync(host);
    }

    private static Task AssertNobodyIsLeftAsync(ITransportHost host) =>
        Eventually.BecomesAsync(() => Task.FromResult(host.Connections), static connections => connections == 0);

    private static Task AssertNobodyIsPresentAsync(ITransportHost host) => Eventually.BecomesAsync(
        async () => (await host.Parley.GetPresenceStatsAsync("chat")).Clients, static clients => clients == 0);

    /// <summary>Lets the drain go on, which waits by the clock. The server takes no requests as barriers then.</summary>
    private static async Task AdvanceUntilAsync(ITransportHost host, Task happening)
    {
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        var deadline = DateTime.UtcNow + Patience.Limit;
        while (!happening.IsCompleted && DateTime.UtcNow < deadline)
        {
            host.LetPass(seconds: 1);
            await pace.WaitForNextTickAsync();
        }
    }
}
