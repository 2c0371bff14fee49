using Parley.EndToEnd.Tests.Clients;
using Parley.Testing.Nodes;

namespace Parley.EndToEnd.Tests.Proxies;

/// <summary>Two nodes behind HAProxy, which gives them requests in turn and knows nothing of sessions.</summary>
public sealed class TwoNodesTests(SdkHost sdk) : IAsyncLifetime
{
    private const int Half = 30;

    private NodeServers _nodes = null!;
    private HaProxy _proxy = null!;

    /// <summary>The transports of every way, and long polling by Parley.Client, where of the way the encoding counts.</summary>
    public static TheoryData<SdkWay, string> Ways
    {
        get
        {
            var ways = new TheoryData<SdkWay, string>();
            foreach (var way in SdkWays.All) ways.Add(way, way.Transport());
            ways.Add(SdkWay.DotNetWebSocketJson, "long_poll");
            ways.Add(SdkWay.DotNetWebSocketProtobuf, "long_poll");
            return ways;
        }
    }

    public async ValueTask InitializeAsync()
    {
        _nodes = await NodeServers.StartAsync();
        _proxy = new HaProxy(sdk, _nodes.Endpoint(1));
        await _proxy.StartAsync(_nodes.Endpoint(0));
    }

    public async ValueTask DisposeAsync()
    {
        await _proxy.DisposeAsync();
        await _nodes.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_client_needs_no_sticky_sessions_and_outlives_a_node(SdkWay way, string transport)
    {
        await using var client = await sdk.OpenAsync(way, _proxy.Address, new SdkClientOptions { Transports = [transport] });
        await client.ConnectAsync();
        var subscription = await client.SubscribeAsync("chat");

        for (var number = 1; number <= Half; number++)
        {
            await _nodes.PublishAsync("chat", number);
            await client.PublishAsync("log", number);
        }

        Assert.Equal(Enumerable.Range(1, Half), await _nodes.PublishedAsync("log"));
        if (transport != "websocket") Assert.True(_nodes.Asked > 0, "Every request came to the node of the session.");
        await _nodes.StopFirstAsync();
        for (var number = Half + 1; number <= 2 * Half; number++)
            await _nodes.PublishAsync("chat", number);

        for (var number = 1; number <= 2 * Half; number++)
            Assert.Equal(number, (await subscription.PublicationAsync()).Data.GetInt32());
        Assert.Equal(0, subscription.Events.CountUntaken("publication"));
        for (var left = subscription.Events.CountUntaken("subscribed"); left > 0; left--)
            Assert.True(await subscription.SubscribedAsync() is { WasRecovering: true, Recovered: true });
    }
}
