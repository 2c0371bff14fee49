using System.Globalization;
using System.Text;
using Parley.Client.Tests.Events;
using Parley.Client.Tests.Servers;
using Parley.Testing;
using Parley.Testing.Faults;
using Parley.Testing.Nodes;

namespace Parley.Client.Tests.Nodes;

/// <summary>Two nodes behind a proxy that gives them requests in turn, whoever has the session.</summary>
public sealed class AnyNodeTests : IAsyncLifetime
{
    private const string Channel = "chat";
    private const string Log = "log";
    private const int MinPublications = 200;
    private const int MinFaults = 12;
    private const double Rate = 0.2;

    private NodeServers _nodes = null!;
    private HttpRelay _relay = null!;

    /// <summary>Those of plain requests.</summary>
    public static TheoryData<Way> HttpWays => [.. Enum.GetValues<Way>().Where(static way => way.Transport() != ClientTransport.WebSocket)];

    public async ValueTask InitializeAsync()
    {
        _nodes = await NodeServers.StartAsync();
        _relay = await HttpRelay.StartAsync([.. _nodes.Addresses]);
    }

    public async ValueTask DisposeAsync()
    {
        await _relay.DisposeAsync();
        await _nodes.DisposeAsync();
    }

    [Theory, MemberData(nameof(HttpWays))]
    public async Task Whichever_node_requests_come_to_all_arrives_once_and_commands_run_once_and_in_order(Way way)
    {
        const int Total = 50;
        await using var client = TestClients.New(way, _relay.Address);
        var events = await SubscribeAsync(client);

        for (var number = 1; number <= Total; number++)
        {
            await _nodes.PublishAsync(Channel, number);
            await client.PublishAsync(Log, Bytes(number));
        }

        await AssertAllCameAsync(events, Total);
        Assert.Equal(Enumerable.Range(1, Total), await _nodes.PublishedAsync(Log));
        Assert.Equal(0, events.Subscribed.Count); // of one connection
        Assert.True(_nodes.Asked >= Total / 4, $"Only {_nodes.Asked} requests went from one node to the other.");
    }

    [Theory, MemberData(nameof(HttpWays))]
    public async Task Whatever_happens_to_requests_too_nothing_is_lost_or_doubled(Way way)
    {
        await using var client = TestClients.New(way, _relay.Address);
        var events = await SubscribeAsync(client);
        var plan = new HttpFaultPlan(seed: (int)way, Rate);
        _relay.FaultOf = _ => plan.Next();

        using var end = new CancellationTokenSource();
        var calling = CallAsync(client, end.Token);
        var published = 0;
        using (var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(10)))
        {
            while (published < MinPublications || plan.Drawn.Values.Sum() < MinFaults)
            {
                await pace.WaitForNextTickAsync();
                await _nodes.PublishAsync(Channel, ++published);
                Assert.True(published < 4000, "There is hardly any trouble.");
            }
        }

        _relay.FaultOf = static _ => HttpFault.None;
        await end.CancelAsync();
        var confirmed = await calling;

        await AssertAllCameAsync(events, published);
        while (events.Subscribed.Count > 0) Assert.True(await events.Subscribed.NextAsync() is { WasRecovering: true, Recovered: true });
        var ran = await _nodes.PublishedAsync(Log);
        Assert.Equal(ran.Distinct(), ran);
        Assert.NotEmpty(confirmed);
        Assert.Equal(confirmed, ran.Where(confirmed.Contains));
    }

    [Theory, EveryWay]
    public async Task When_its_node_stops_the_client_goes_on_with_the_other_one_and_has_missed_nothing(Way way)
    {
        const int Total = 150;
        await using var links = new TcpRelay(_nodes.Endpoint(0));
        // The proxy of single requests passes no WebSockets, whose requests are connections.
        var isWebSocket = way.Transport() == ClientTransport.WebSocket;
        await using var client = TestClients.New(way, isWebSocket ? links.Address : _relay.Address);
        var clientEvents = new ClientEvents(client);
        var events = await SubscribeAsync(client); // the first request is the first node's, and so is the session
        var connected = await clientEvents.Connected.NextAsync();
        var stopping = Task.CompletedTask;

        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        for (var number = 1; number <= Total; number++)
        {
            await pace.WaitForNextTickAsync();
            await _nodes.PublishAsync(Channel, number);
            if (number != Total / 2) continue;
            links.Target = _nodes.Endpoint(1);
            _relay.Targets = [_nodes.Addresses[1]];
            stopping = _nodes.StopFirstAsync();
        }

        await stopping;
        await AssertAllCameAsync(events, Total);
        Assert.Equal(ConnectingCodes.ConnectCalled, (await clientEvents.Connecting.NextAsync()).Code);
        var code = (await clientEvents.Connecting.NextAsync()).Code;
        // Who has no poll out while the node stops finds no session with the next one.
        if (way.Transport() != ClientTransport.LongPolling || code != ConnectingCodes.TransportClosed) Assert.Equal(3001u, code);
        Assert.NotEqual(connected.Client, (await clientEvents.Connected.NextAsync()).Client);
        Assert.True(await events.Subscribed.NextAsync() is { WasRecovering: true, Recovered: true });
    }

    /// <summary>Connects and subscribes, and takes the word that it is.</summary>
    private static async Task<SubscriptionEvents> SubscribeAsync(ParleyClient client)
    {
        var subscription = client.NewSubscription(Channel);
        var events = new SubscriptionEvents(subscription);
        subscription.Subscribe();
        client.Connect();
        await events.Subscribed.NextAsync();
        return events;
    }

    private static async Task AssertAllCameAsync(SubscriptionEvents events, int total)
    {
        for (var number = 1; number <= total; number++)
        {
            var publication = await events.Publications.NextAsync();
            Assert.Equal((number, (ulong)number), (int.Parse(Encoding.UTF8.GetString(publication.Data.Span), CultureInfo.InvariantCulture), publication.Offset));
        }

        Assert.Equal(0, events.Publications.Count);
    }

    /// <summary>Publishes as the client, one after the other.</summary>
    /// <returns>What was confirmed.</returns>
    private static async Task<List<int>> CallAsync(ParleyClient client, CancellationToken end)
    {
        List<int> confirmed = [];
        for (var number = 1; !end.IsCancellationRequested; number++)
        {
            try
            {
                await client.PublishAsync(Log, Bytes(number), CancellationToken.None);
                confirmed.Add(number);
            }
            catch (ParleyException)
            {
                // It may have run or not.
            }
        }

        return confirmed;
    }

    private static byte[] Bytes(int number) => Encoding.UTF8.GetBytes(number.ToString(CultureInfo.InvariantCulture));
}
