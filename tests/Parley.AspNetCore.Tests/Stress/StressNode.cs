using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Parley.Brokers.Memory;
using Parley.Channels;
using Parley.Nodes;
using Parley.Presence;
using Parley.Sessions;
using Parley.Testing;

namespace Parley.AspNetCore.Tests.Stress;

/// <summary>A node with the channels and clients of one run. Its time stands still.</summary>
internal sealed class StressNode : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly MemoryBroker _broker;
    private readonly MemoryPresenceStore _presence = new();
    private readonly StressNetwork _network = new(threads: 2);
    private readonly WireFormat[] _formats = [new StressFormat("one"), new StressFormat("other")];
    private readonly List<StressClient> _all = [];
    private readonly Lock _gate = new();
    private readonly NodeLifetime _lifetime;
    private readonly Jitter _jitter;

    public StressNode(int seed)
    {
        _jitter = new Jitter(seed);
        _broker = new MemoryBroker(_time);
        Channels = StressChannels.CreateLedgers();
        var broker = new LedgerBroker(_broker, Channels.ToDictionary(static channel => channel.Name), StressFormat.ReadId, _jitter);
        var channels = new ChannelsOptions();
        StressChannels.Configure(channels);
        Node = new Node(
            new ClientOptions { Insecure = true }, channels, broker, _presence, new NoTokens(), _time, NullLogger<Node>.Instance);
        var bus = new LocalNodeBus(_time);
        Publisher = new ParleyService(Node, bus);
        _lifetime = new NodeLifetime(Node, bus, new NodeRequestHandler(Node, []));
    }

    public Node Node { get; }

    public IPublisher Publisher { get; }

    public IReadOnlyList<ChannelLedger> Channels { get; }

    /// <summary>All clients that ever were.</summary>
    public IReadOnlyList<StressClient> Clients => _all;

    public Task StartAsync() => _lifetime.StartAsync(CancellationToken.None);

    public StressClient Open(Random random)
    {
        lock (_gate)
        {
            var client = new StressClient(
                $"client {_all.Count}", Node, _formats[random.Next(_formats.Length)], _network, Channels, random, _jitter);
            _all.Add(client);
            return client;
        }
    }

    /// <summary>Waits until all that was published has been sent to whom it was for.</summary>
    public async Task RestAsync()
    {
        foreach (var client in _all)
            client.Output.Resume();
        await BecomesAsync(() => string.Join(", ", _all.Where(static client => !client.IsAtRest).Select(static client => client.Name).Take(5)), "");
        if (_network.Failure is { } failure)
            throw new StressException("a flush that had ended was not taken", failure);
        if (_all.SelectMany(static client => new[] { client.Output.Breach, client.Breach }).Concat(Channels.Select(static channel => channel.Breach))
            .FirstOrDefault(static breach => breach is not null) is { } breach)
            throw new StressException(breach);
        foreach (var client in _all)
            client.Rest();
    }

    /// <summary>Waits until nothing is left of the clients, who have all gone.</summary>
    public async Task EmptyAsync()
    {
        await BecomesAsync(() => $"{Node.Hub.Sessions.Count} sessions, {Node.Hub.Sessions.UserCount} users", "0 sessions, 0 users");
        await BecomesAsync(() => $"{Node.Hub.ChannelCount} channels", "0 channels");
        await BecomesAsync(() => $"{Node.Wheel.Count} timers", "0 timers");
        foreach (var channel in Channels)
            await Eventually.BecomesAsync(async () => $"{(await _presence.CountAsync(channel.Name)).Clients} present", static answer => answer == "0 present");
        var kept = StressChannels.Names.Count(static name => name.StartsWith("kept", StringComparison.Ordinal));
        await BecomesAsync(() => $"{_broker.ChannelCount} channels in the broker", $"{kept} channels in the broker");
    }

    public void Dispose()
    {
        _network.Dispose();
        _broker.Dispose();
        Node.Wheel.Dispose();
    }

    private static async Task BecomesAsync(Func<string> ask, string expected) =>
        await Eventually.BecomesAsync(() => Task.FromResult(ask()), answer => answer == expected);
}
