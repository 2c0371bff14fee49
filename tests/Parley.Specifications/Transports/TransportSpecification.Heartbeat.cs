namespace Parley.Specifications.Transports;

public abstract partial class TransportSpecification
{
    [Fact]
    public async Task A_client_that_shows_that_it_is_there_stays()
    {
        var host = await StartAsync(static options => options.PongTimeout = TimeSpan.FromSeconds(20));
        var client = await OpenAsync(host, "ann", "chat");

        for (var i = 0; i < 4; i++)
        {
            if (HasPings)
            {
                // One ping is due in it, and no pong: time stands still until the client has answered, however busy the machine is.
                host.LetPass(seconds: 26);
                await PingAsync(client);
                await client.SendAsync(TransportClient.Pong());
                await client.SendAsync(client.Publish("elsewhere", "0"));
                await client.NextReplyAsync();
            }
            else
            {
                // Longer than the server holds a poll: the client polls again, and hears nothing but what is published.
                var hearing = client.NextPublicationAsync();
                host.LetPass(seconds: 26);
                await host.PublishAsync("chat", i);
                await hearing;
                // By a further poll, from which on the client may be silent.
                hearing = client.NextPublicationAsync();
                await host.PublishAsync("chat", i);
                await hearing;
            }
        }

        await host.PublishAsync("chat", 100);
        Assert.Equal(100, (await client.NextPublicationAsync()).NumberOf());
    }

    [Fact]
    public async Task A_client_that_is_silent_is_closed()
    {
        var host = await StartAsync();
        var client = await OpenAsync(host, "ann", "chat");

        if (HasPings)
        {
            // No longer than until it is let go: the time that it has to hear of it passes, too.
            await WhileTimePassesAsync(host, async () => (await host.Parley.GetNodesAsync()).All(static node => node.Clients == 0));
            Assert.Equal(3012u, await client.DisconnectedAsync());
            await AssertNobodyIsLeftAsync(host);
        }
        else
        {
            await WhileTimePassesAsync(host, AssertNobodyIsLeftAsync(host));
        }

        await AssertNobodyIsPresentAsync(host);
    }

    private static async Task PingAsync(TransportClient client)
    {
        var reply = await client.NextAsync();
        Assert.True(reply is { Id: 0, Push: null });
    }
}
