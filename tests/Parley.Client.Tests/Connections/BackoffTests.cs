using Microsoft.Extensions.Time.Testing;
using Parley.Client.Connections;
using Parley.Client.Tests.Events;
using Parley.Client.Tests.Servers;
using Parley.Testing;

namespace Parley.Client.Tests.Connections;

public sealed class BackoffTests
{
    [Fact]
    public void Delays_are_drawn_below_a_bound_that_doubles_up_to_the_highest()
    {
        var backoff = new Backoff(TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(20), new FixedRandom(0.5));

        var delays = Enumerable.Range(0, 8).Select(_ => backoff.Next().TotalMilliseconds);

        Assert.Equal([250, 500, 1000, 2000, 4000, 8000, 10_000, 10_000], delays);
    }

    [Fact]
    public void Success_begins_anew()
    {
        var backoff = new Backoff(TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(20), new FixedRandom(1));
        backoff.Next();
        backoff.Next();

        backoff.Reset();

        Assert.Equal(TimeSpan.FromMilliseconds(500), backoff.Next());
    }

    [Fact]
    public async Task A_server_that_is_away_is_asked_less_and_less_often()
    {
        var time = new TimerLog();
        var options = new ParleyClientOptions { TimeProvider = time };
        options.Transports.Clear();
        options.Transports.Add(ClientTransport.WebSocket);
        await using var client = new ParleyClient(new Uri($"http://{TestNetwork.Nowhere}"), options, new FixedRandom(1));
        var events = new ClientEvents(client);

        client.Connect();

        foreach (var expected in (double[])[0.5, 1, 2, 4, 8, 16, 20, 20])
        {
            await events.Errors.NextAsync();
            var delay = await time.NextDelayAsync(options.Timeout);
            Assert.Equal(expected, delay.TotalSeconds);
            time.Advance(delay);
        }
    }

    [Fact]
    public async Task A_server_that_accepts_and_closes_at_once_is_not_asked_as_if_all_were_well()
    {
        var time = new TimerLog();
        await using var scripted = await ScriptedServer.StartAsync();
        var options = new ParleyClientOptions { TimeProvider = time };
        await using var client = new ParleyClient(new Uri($"http://{scripted.Endpoint}"), options, new FixedRandom(1));
        client.Connect();

        foreach (var expected in (double[])[0.5, 1, 2])
        {
            await AcceptAndCloseAsync();
            Assert.Equal(expected, await DelayAsync());
        }

        // One that lasted counts as success.
        var lasting = await scripted.AcceptAsync();
        await client.ReadyAsync().WaitAsync(Patience.Limit);
        time.Advance(options.Timeout * 2);
        await lasting.CloseAsync(3004, "internal server error");
        Assert.Equal(0.5, await DelayAsync());

        async Task AcceptAndCloseAsync()
        {
            var connection = await scripted.AcceptAsync();
            await connection.CloseAsync(3004, "internal server error");
        }

        async Task<double> DelayAsync()
        {
            var delay = await time.NextDelayAsync(options.Timeout);
            time.Advance(delay);
            return delay.TotalSeconds;
        }
    }

    [Fact]
    public async Task A_subscribe_that_fails_for_now_is_tried_less_and_less_often()
    {
        var time = new FakeTimeProvider();
        await using var scripted = await ScriptedServer.StartAsync();
        var options = new ParleyClientOptions { TimeProvider = time, Timeout = TimeSpan.FromHours(1) };
        await using var client = new ParleyClient(new Uri($"http://{scripted.Endpoint}"), options, new FixedRandom(1));
        var subscription = client.NewSubscription("channel");
        var events = new SubscriptionEvents(subscription);
        subscription.Subscribe();
        client.Connect();
        var connection = await scripted.AcceptAsync();

        foreach (var expected in (double[])[0.5, 1, 2])
        {
            await connection.ReplyAsync(
                await connection.NextAsync("subscribe"), """
                "error":{"code":100,"message":"internal server error","temporary":true}
                """);
            Assert.Equal(ErrorCodes.Internal, (await events.Errors.NextAsync()).Exception.Code);
            time.Advance(TimeSpan.FromSeconds(expected - 0.01));
            // Whatever was sent comes before this.
            var probe = client.RpcAsync("probe", default);
            await connection.ReplyAsync(await connection.NextAsync("rpc"), "\"rpc\":{}");
            await probe;
            time.Advance(TimeSpan.FromSeconds(0.01));
        }

        await connection.ReplyAsync(await connection.NextAsync("subscribe"), "\"subscribe\":{}");
        await events.Subscribed.NextAsync();
    }

    private sealed class FixedRandom(double value) : Random
    {
        public override double NextDouble() => value;
    }
}
