using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Parley.Brokers.Memory;
using Parley.Channels;
using Parley.Nodes;
using Parley.Presence;
using Parley.Sessions;

namespace Parley.Tests.Engine;

/// <summary>A node of real parts but for the network: connections record what they are given, tokens say what is in them, and time is ours.</summary>
internal sealed class EngineHost
{
    private EngineHost(ClientOptions clients, ChannelsOptions channels)
    {
        Broker = new ObservedBroker(new MemoryBroker(Time));
        Node = new Node(clients, channels, Broker, Presence, Tokens, Time, NullLogger<Node>.Instance);
        Bus = new LocalNodeBus(Time);
        Parley = new ParleyService(Node, Bus);
        Lifetime = new NodeLifetime(Node, Bus, new NodeRequestHandler(Node, []));
    }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.Zero));

    public ObservedBroker Broker { get; }

    public IPresenceStore Presence { get; } = new MemoryPresenceStore();

    public FakeTokens Tokens { get; } = new();

    public Node Node { get; }

    public LocalNodeBus Bus { get; }

    public IParley Parley { get; }

    public NodeLifetime Lifetime { get; }

    public static async Task<EngineHost> StartAsync(Action<ClientOptions>? clients = null, Action<ChannelOptions>? channels = null)
    {
        var clientOptions = new ClientOptions { AllowAnonymous = true };
        clients?.Invoke(clientOptions);
        var channelsOptions = new ChannelsOptions();
        channelsOptions.Default.AllowSubscribe = true;
        channelsOptions.Default.AllowAnonymousSubscribe = true;
        channels?.Invoke(channelsOptions.Default);
        var host = new EngineHost(clientOptions, channelsOptions);
        await host.Lifetime.StartAsync(CancellationToken.None);
        return host;
    }

    /// <summary>History, recovery and positions as a chat room would have them.</summary>
    public static void WithHistory(ChannelOptions options)
    {
        options.HistorySize = 10;
        options.HistoryTtl = TimeSpan.FromMinutes(10);
        options.AllowRecovery = true;
        options.AllowPositioning = true;
    }

    public TestClient Open() => new(this);

    public async Task<TestClient> ConnectAsync(string user = "")
    {
        var client = Open();
        var outcome = await client.ConnectAsync(user);
        Assert.True(outcome.Succeeded);
        return client;
    }

    public async Task PublishAsync(string channel, params string[] values)
    {
        foreach (var value in values)
            await Parley.PublishAsync(channel, Json(value));
    }

    public static byte[] Json(string value) => System.Text.Encoding.UTF8.GetBytes($"\"{value}\"");
}
