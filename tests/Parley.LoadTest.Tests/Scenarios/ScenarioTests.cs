using Parley.LoadTest.Client;
using Parley.LoadTest.Measurement;
using Parley.LoadTest.Scenarios;

namespace Parley.LoadTest.Tests.Scenarios;

public sealed class ScenarioTests
{
    private const int BadSubscriber = 3;
    private const int BadPublication = 2;

    private static readonly LoadPhase Phase = new(TimeSpan.FromSeconds(0.1), TimeSpan.FromSeconds(0.3));

    public static TheoryData<string> Transports => [.. TransportNames.All];

    [Theory]
    [MemberData(nameof(Transports))]
    public void Publications_arrive_over_every_transport(string transport)
    {
        using var server = new ScriptedServer { Transport = TransportNames.Parse(transport) };

        Assert.True(Value(RunFanout(server), "open rate") > 0);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public void Commands_are_answered_over_every_transport(string transport)
    {
        using var server = new ScriptedServer { Transport = TransportNames.Parse(transport), HasRpc = true };

        var result = new EchoScenario(server.Target, Phase, new EchoOptions(Connections: 5, Rate: 200, Mode: EchoMode.Rpc)).Run();

        Assert.True(Value(result, "rate") > 0);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public void A_lost_publication_ends_the_run_over_every_transport(string transport) =>
        AssertFails((subscriber, number, push) => IsBad(subscriber, number) ? [] : [push], "lost", transport);

    [Theory]
    [InlineData("http_stream", "the server ended the stream")]
    [InlineData("sse", "the server ended the stream")]
    [InlineData("long_poll", "no batch follows")]
    public void An_ended_connection_ends_the_run_over_every_transport(string transport, string because) =>
        AssertFails((subscriber, number, push) => IsBad(subscriber, number) ? [""] : [push], because, transport);

    [Fact]
    public void A_fanout_in_which_all_arrives_gives_rates_and_latencies()
    {
        using var server = new ScriptedServer();

        var result = RunFanout(server);

        Assert.InRange(Value(result, "open rate"), 300, 1200);
        Assert.True(Value(result, "closed rate") > 1200);
        Assert.True(Value(result, "open latency p50") > 0);
        Assert.True(Value(result, "open latency p99") >= Value(result, "open latency p50"));
    }

    [Fact]
    public void A_server_that_puts_several_messages_and_pings_into_one_frame_is_understood()
    {
        using var server = new ScriptedServer { Deliver = static (_, _, push) => ["{}\n" + push] };

        Assert.True(Value(RunFanout(server), "open rate") > 0);
    }

    [Fact]
    public void A_lost_publication_ends_the_run() =>
        AssertFails((subscriber, number, push) => IsBad(subscriber, number) ? [] : [push], "lost");

    [Fact]
    public void A_publication_that_comes_twice_ends_the_run() =>
        AssertFails((subscriber, number, push) => IsBad(subscriber, number) ? [push, push] : [push], "duplicate");

    [Fact]
    public void A_publication_that_overtakes_another_ends_the_run()
    {
        var late = "";
        AssertFails(
            (subscriber, number, push) =>
            {
                if (!IsBad(subscriber, number))
                    return subscriber == BadSubscriber && number == BadPublication + 1 ? [push, late] : [push];
                late = push;
                return [];
            },
            "out of order");
    }

    [Fact]
    public void An_ended_subscription_ends_the_run() =>
        AssertFails((subscriber, number, push) => IsBad(subscriber, number) ? ["""{"push":{"channel":"c","unsubscribe":{"code":2500}}}"""] : [push], "2500");

    [Fact]
    public void A_closed_connection_ends_the_run_with_the_servers_reason() =>
        AssertFails((subscriber, number, push) => IsBad(subscriber, number) ? [""] : [push], "3008 slow");

    [Fact]
    public void Many_channels_get_their_own_publications()
    {
        using var server = new ScriptedServer();

        var result = new ChannelsScenario(server.Target, Phase, new ChannelsOptions(20, 3, 64, 500)).Run();

        Assert.InRange(Value(result, "rate"), 150, 600);
    }

    [Theory]
    [InlineData(true, "requests are rpc calls")]
    [InlineData(false, "requests are publications to the sender's own channel")]
    public void Echo_uses_calls_where_the_server_takes_them(bool hasRpc, string note)
    {
        using var server = new ScriptedServer { HasRpc = hasRpc };

        var result = new EchoScenario(server.Target, Phase, new EchoOptions(Connections: 5, Rate: 200)).Run();

        Assert.Contains(note, result.Notes);
        Assert.InRange(Value(result, "rate"), 50, 250);
    }

    [Fact]
    public void A_server_that_refuses_commands_ends_the_run()
    {
        using var server = new ScriptedServer();

        var error = Assert.Throws<LoadTestException>(() =>
            new EchoScenario(server.Target, Phase, new EchoOptions(Connections: 1, Mode: EchoMode.Rpc)).Run());
        Assert.Contains("not available", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_fanout_at_several_rates_tells_them_apart()
    {
        using var server = new ScriptedServer();

        var result = new FanoutScenario(server.Target, Phase, new FanoutOptions(Subscribers: 2, Loops: FanoutLoops.Open) { Rates = [50, 100] }).Run();

        Assert.True(Value(result, "open 100/s rate") > Value(result, "open 50/s rate"));
    }

    [Fact]
    public void Clients_that_come_and_go_are_counted()
    {
        using var server = new ScriptedServer();

        var result = new ConnectScenario(server.Target, Phase, new ConnectOptions(Standing: 5, Parallel: 4)).Run();

        Assert.True(Value(result, "rate") > 0);
    }

    [Fact]
    public void A_subscriber_that_does_not_read_is_not_waited_for()
    {
        using var server = new ScriptedServer();

        var result = new SlowScenario(server.Target, Phase, new SlowOptions(Subscribers: 4, OneIn: 4, PayloadBytes: 1024)).Run();

        Assert.True(Value(result, "with rate") > 0);
        Assert.True(Value(result, "p99 with : without") > 0);
    }

    [Fact]
    public void Publications_over_HTTP_are_counted_when_they_are_answered()
    {
        using var server = new ScriptedServer();

        var result = new HttpScenario(server.Target, Phase, new HttpOptions(Connections: 3)).Run();

        Assert.True(Value(result, "rate") > 0);
    }

    [Fact]
    public void A_publication_that_was_answered_but_did_not_arrive_ends_the_run()
    {
        using var server = new ScriptedServer { Deliver = static (_, number, push) => number == 2 ? [] : [push] };

        var error = Assert.Throws<LoadTestException>(() => new HttpScenario(server.Target, Phase, new HttpOptions(Connections: 1)).Run());
        Assert.Contains("lost", error.Message, StringComparison.Ordinal);
    }

    private static bool IsBad(int subscriber, int number) => subscriber == BadSubscriber && number == BadPublication;

    private static void AssertFails(Func<int, int, string, string[]> deliver, string because, string transport = "websocket")
    {
        using var server = new ScriptedServer { Deliver = deliver, Transport = TransportNames.Parse(transport) };

        var error = Assert.Throws<LoadTestException>(() => RunFanout(server));
        Assert.Contains(because, error.Message, StringComparison.Ordinal);
    }

    private static ScenarioResult RunFanout(ScriptedServer server) =>
        new FanoutScenario(server.Target, Phase, new FanoutOptions(Subscribers: 10) { Rates = [100] }).Run();

    private static double Value(ScenarioResult result, string metric) => result.Metrics.Single(m => m.Name == metric).Value;
}
