using Parley.EndToEnd.Tests.Clients;
using Parley.EndToEnd.Tests.Servers;
using Parley.Testing.Faults;

namespace Parley.EndToEnd.Tests.Scenarios;

/// <summary>Clients on the transports over plain HTTP, whose requests a relay cuts, doubles, delays and puts in another order.</summary>
public sealed class FaultyRequestTests(LifecycleServer server, SdkHost sdk) : IClassFixture<LifecycleServer>
{
    private const int MinPublications = 300;
    private const int MinFaults = 12;
    private const int Together = 3;
    private const double Rate = 0.25;

    public static TheoryData<SdkWay> Ways => [.. SdkWays.All.Where(static way => way.Transport() != "websocket")];

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Whatever_happens_to_requests_nothing_is_lost_or_doubled_and_commands_run_once(SdkWay way)
    {
        var (channel, log) = (LifecycleServer.NewChannel(), LifecycleServer.NewChannel());
        await using var relay = await HttpRelay.StartAsync(server.Address);
        await using var client = await sdk.OpenAsync(way, relay.Address);
        await client.ConnectAsync();
        var subscription = await client.SubscribeAsync(channel);
        var plan = new HttpFaultPlan(seed: (int)way, Rate);
        relay.FaultOf = _ => plan.Next();

        using var end = new CancellationTokenSource();
        var calling = CallAsync(client, log, end.Token);
        var published = await PublishAsync(channel, plan);
        relay.FaultOf = static _ => HttpFault.None;
        await end.CancelAsync();
        var acknowledged = await calling;

        for (var number = 1; number <= published; number++)
            Assert.Equal(number, (await subscription.PublicationAsync()).Data.GetInt32());
        Assert.Equal(0, subscription.Events.CountUntaken("publication"));
        for (var left = subscription.Events.CountUntaken("subscribed"); left > 0; left--)
            Assert.True((await subscription.SubscribedAsync()) is { WasRecovering: true, Recovered: true });
        // Calls of Parley.Client that wait together for a connection may go on in any order.
        await AssertRanOnceAndInOrderAsync(log, acknowledged, unit: way.IsDotNet() ? Together : 1);
    }

    [Fact]
    public async Task A_client_that_must_change_its_transport_again_and_again_misses_and_repeats_nothing()
    {
        var channel = LifecycleServer.NewChannel();
        await using var relay = await HttpRelay.StartAsync(server.Address);
        // The official SDK stays with the transport that has worked once.
        await using var client = await sdk.OpenAsync(SdkWay.DotNetWebSocketJson, relay.Address, new SdkClientOptions
        {
            Transports = ["websocket", "http_stream", "sse", "long_poll"],
        });
        var connected = await client.ConnectAsync();
        Assert.Equal("http_stream", connected.Transport);
        var subscription = await client.SubscribeAsync(channel);
        using var end = new CancellationTokenSource();
        var publishing = PublishUntilAsync(channel, end.Token);

        await ChangeAsync("sse", "/connection/http_stream");
        await ChangeAsync("long_poll", "/connection/http_stream", "/connection/sse");
        await ChangeAsync("http_stream", "/connection/long_poll");

        await end.CancelAsync();
        var last = await publishing;
        for (var number = 1; number <= last; number++)
            Assert.Equal(number, (await subscription.PublicationAsync()).Data.GetInt32());

        async Task ChangeAsync(string next, params string[] broken)
        {
            // A session of long polling outlives a network that is broken for a while: what is broken is to open one.
            relay.FaultOf = request => broken.Contains(request.Path.Value) && !request.Headers.ContainsKey("Parley-Session")
                ? HttpFault.CutBefore
                : HttpFault.None;
            await server.Api.CallAsync("disconnect", new { client = connected.Client, disconnect = new { code = 4000, reason = "moved" } });
            connected = await client.ConnectedAsync();
            Assert.Equal(next, connected.Transport);
        }
    }

    /// <summary>Publishes numbers until there was enough trouble.</summary>
    private async Task<int> PublishAsync(string channel, HttpFaultPlan plan)
    {
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        var number = 0;
        while (number < MinPublications || plan.Drawn.Values.Sum() < MinFaults)
        {
            await pace.WaitForNextTickAsync();
            await server.Api.PublishAsync(channel, ++number);
            Assert.True(number < 4000, "There is hardly any trouble.");
        }

        return number;
    }

    private async Task<int> PublishUntilAsync(string channel, CancellationToken end)
    {
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        var number = 0;
        while (!end.IsCancellationRequested)
        {
            await pace.WaitForNextTickAsync(CancellationToken.None);
            await server.Api.PublishAsync(channel, ++number);
        }

        return number;
    }

    /// <summary>Publishes as the client, a few at a time, until it is to end.</summary>
    /// <returns>What the server has confirmed.</returns>
    private static async Task<List<int>> CallAsync(SdkClient client, string channel, CancellationToken end)
    {
        List<int> acknowledged = [];
        for (var first = 0; !end.IsCancellationRequested; first += Together)
        {
            var calls = Enumerable.Range(first, Together).Select(async number => (Number: number, IsDone: await TryAsync(number))).ToArray();
            foreach (var (number, isDone) in await Task.WhenAll(calls))
            {
                if (isDone) acknowledged.Add(number);
            }
        }

        return acknowledged;

        async Task<bool> TryAsync(int number)
        {
            try
            {
                await client.PublishAsync(channel, number);
                return true;
            }
            catch (SdkException)
            {
                // It may have run or not.
                return false;
            }
        }
    }

    /// <summary>Nothing ran twice; all that was confirmed ran, and in order.</summary>
    private async Task AssertRanOnceAndInOrderAsync(string channel, List<int> acknowledged, int unit)
    {
        var history = await server.Api.CallAsync("history", new { channel, limit = -1 });
        var ran = history.GetProperty("publications").EnumerateArray().Select(static one => one.GetProperty("data").GetInt32()).ToArray();
        Assert.Equal(ran.Distinct(), ran);
        var confirmed = acknowledged.ToHashSet();
        Assert.True(confirmed.Count > 10, $"{confirmed.Count} commands were confirmed.");
        Assert.Empty(confirmed.Except(ran));
        var inOrder = ran.Where(confirmed.Contains).Select(number => number / unit).ToArray();
        Assert.Equal(inOrder.Order(), inOrder);
    }
}
