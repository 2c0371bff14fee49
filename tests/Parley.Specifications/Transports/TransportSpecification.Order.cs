namespace Parley.Specifications.Transports;

public abstract partial class TransportSpecification
{
    [Fact]
    public async Task Publications_of_many_publishers_come_in_the_order_of_their_channel()
    {
        var host = await StartAsync();
        var client = await OpenAsync(host, "reader", "chat");

        var publishing = Task.WhenAll(Enumerable.Range(0, 8).Select(publisher => Task.Run(async () =>
        {
            for (var i = 0; i < 50; i++)
                await host.PublishAsync("chat", publisher);
        })));

        for (var offset = 1UL; offset <= 400; offset++)
            Assert.Equal(offset, (await client.NextPublicationAsync()).Offset);
        await publishing;
    }

    [Fact]
    public async Task A_subscribe_is_answered_before_anything_of_its_channel_comes()
    {
        const int Channels = 20;
        // Nobody waits for the client to read here.
        var host = await StartAsync(static options => options.MaxQueuedBytes = 64 * 1024 * 1024);
        var client = await OpenAsync(host, "reader");
        using var enough = new CancellationTokenSource();
        var publishing = PublishEverywhereAsync();

        var commands = Enumerable.Range(0, Channels).ToDictionary(static n => $"chat{n}", n => client.Subscribe($"chat{n}"));
        var channelOf = commands.ToDictionary(static one => one.Value.Id, static one => one.Key);
        foreach (var command in commands.Values)
            await client.SendAsync(command);

        HashSet<string> answered = [];
        HashSet<string> heard = [];
        while (heard.Count < Channels)
        {
            var reply = await client.NextAsync();
            if (reply!.Subscribe is not null) Assert.True(answered.Add(channelOf[reply.Id]));
            if (reply.Push is not { Pub: not null } push) continue;
            Assert.Contains(push.Channel, answered);
            heard.Add(push.Channel);
        }

        await enough.CancelAsync();
        await publishing;

        async Task PublishEverywhereAsync()
        {
            for (var i = 0; !enough.IsCancellationRequested; i++)
            {
                await host.PublishAsync($"chat{i % Channels}", i);
                await Task.Yield();
            }
        }
    }

    [Fact]
    public async Task Commands_run_once_in_the_order_in_which_they_were_sent_and_are_answered_in_it()
    {
        var host = await StartAsync();
        var client = await OpenAsync(host, "writer");
        List<uint> ids = [];

        for (var number = 1; number <= 50; number++)
        {
            var command = client.Publish("chat", $"{number}");
            ids.Add(command.Id);
            await client.SendAsync(command);
        }

        foreach (var id in ids)
            Assert.Equal(id, (await client.NextReplyAsync()).Id);
        Assert.Equal(Enumerable.Range(1, 50), await host.PublishedAsync("chat"));
    }

    [Fact]
    public async Task Commands_of_one_body_run_in_order_also_those_that_open_the_connection()
    {
        var host = await StartAsync();
        var client = NewClient(host);

        await client.OpenAsync([client.Connect(), .. Enumerable.Range(1, 20).Select(number => client.Publish("chat", $"{number}"))]);
        for (var body = 1; body < 4; body++)
            await client.SendAsync([.. Enumerable.Range((20 * body) + 1, 20).Select(number => client.Publish("chat", $"{number}"))]);

        for (var id = 1u; id <= 81; id++)
            Assert.Equal(id, (await client.NextReplyAsync()).Id);
        Assert.Equal(Enumerable.Range(1, 80), await host.PublishedAsync("chat"));
    }

    [Fact]
    public async Task A_client_that_publishes_hears_itself_among_the_others_in_one_order()
    {
        var host = await StartAsync();
        var first = await OpenAsync(host, "first", "chat");
        var second = await OpenAsync(host, "second", "chat");

        var sending = Task.WhenAll(SendAsync(first), SendAsync(second));

        List<(ulong, int)> atFirst = [];
        List<(ulong, int)> atSecond = [];
        for (var i = 0; i < 40; i++)
        {
            var (one, two) = (await first.NextPublicationAsync(), await second.NextPublicationAsync());
            atFirst.Add((one.Offset, one.NumberOf()));
            atSecond.Add((two.Offset, two.NumberOf()));
        }

        await sending;
        Assert.Equal(atFirst, atSecond);
        Assert.Equal(Enumerable.Range(1, 40).Select(static n => (ulong)n), atFirst.Select(static one => one.Item1));

        async Task SendAsync(TransportClient client)
        {
            for (var number = 1; number <= 20; number++)
                await client.SendAsync(client.Publish("chat", $"{number}"));
        }
    }
}
