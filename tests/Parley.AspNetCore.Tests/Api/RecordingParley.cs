using System.Collections.Concurrent;
using Parley.Brokers;
using Parley.Presence;

namespace Parley.AspNetCore.Tests.Api;

/// <summary>Stands for the engine: keeps what it was asked, and answers what the test says.</summary>
internal sealed class RecordingParley : IParley
{
    private readonly ConcurrentQueue<(string Method, object?[] Arguments)> _calls = new();

    private readonly SemaphoreSlim _arrivals = new(0);

    /// <summary>Thrown by every call when set.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Awaited by every call when set.</summary>
    public Task? Gate { get; set; }

    public PublishResult Published { get; set; } = new(StreamPosition.None);

    public Func<string, BroadcastResult> Broadcast { get; set; } = _ => new BroadcastResult(new PublishResult(StreamPosition.None), null);

    public Dictionary<string, ClientInfo> Presence { get; } = [];

    public PresenceStats Stats { get; set; }

    public HistoryPage History { get; set; } = new([], new StreamPosition(0, "epoch"), true);

    public Dictionary<string, int> Channels { get; } = [];

    public List<NodeInfo> Nodes { get; } = [];

    public IReadOnlyList<(string Method, object?[] Arguments)> Calls => [.. _calls];

    /// <summary>Waits until so many more calls have come in.</summary>
    public async Task WaitForCallsAsync(int count)
    {
        while (count-- > 0)
            Assert.True(await _arrivals.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    public ValueTask<PublishResult> PublishAsync(
        string channel, ReadOnlyMemory<byte> data, PublishOptions? options = null, CancellationToken cancellationToken = default) =>
        Record(Published, cancellationToken, "publish", channel, data.ToArray(), options);

    public ValueTask<IReadOnlyList<BroadcastResult>> BroadcastAsync(
        IReadOnlyList<string> channels, ReadOnlyMemory<byte> data, PublishOptions? options = null, CancellationToken cancellationToken = default) =>
        Record<IReadOnlyList<BroadcastResult>>([.. channels.Select(Broadcast)], cancellationToken, "broadcast", channels.ToArray(), data.ToArray(), options);

    public async ValueTask SubscribeAsync(
        SessionSelector sessions, string channel, ServerSubscribeOptions? options = null, CancellationToken cancellationToken = default) =>
        await Record(0, cancellationToken, "subscribe", sessions, channel, options);

    public async ValueTask UnsubscribeAsync(SessionSelector sessions, string? channel, CancellationToken cancellationToken = default) =>
        await Record(0, cancellationToken, "unsubscribe", sessions, channel);

    public async ValueTask DisconnectAsync(SessionSelector sessions, DisconnectOptions? options = null, CancellationToken cancellationToken = default) =>
        await Record(0, cancellationToken, "disconnect", sessions, options);

    public async ValueTask RefreshAsync(SessionSelector sessions, RefreshOptions options, CancellationToken cancellationToken = default) =>
        await Record(0, cancellationToken, "refresh", sessions, options);

    public ValueTask<IReadOnlyDictionary<string, ClientInfo>> GetPresenceAsync(string channel, CancellationToken cancellationToken = default) =>
        Record<IReadOnlyDictionary<string, ClientInfo>>(Presence, cancellationToken, "presence", channel);

    public ValueTask<PresenceStats> GetPresenceStatsAsync(string channel, CancellationToken cancellationToken = default) =>
        Record(Stats, cancellationToken, "presence_stats", channel);

    public ValueTask<HistoryPage> GetHistoryAsync(
        string channel, int limit = 0, StreamPosition? since = null, bool reverse = false, CancellationToken cancellationToken = default) =>
        Record(History, cancellationToken, "history", channel, limit, since, reverse);

    public async ValueTask RemoveHistoryAsync(string channel, CancellationToken cancellationToken = default) =>
        await Record(0, cancellationToken, "history_remove", channel);

    public ValueTask<IReadOnlyDictionary<string, int>> GetChannelsAsync(string? pattern = null, CancellationToken cancellationToken = default) =>
        Record<IReadOnlyDictionary<string, int>>(Channels, cancellationToken, "channels", pattern);

    public ValueTask<IReadOnlyList<NodeInfo>> GetNodesAsync(CancellationToken cancellationToken = default) =>
        Record<IReadOnlyList<NodeInfo>>(Nodes, cancellationToken, "info");

    private async ValueTask<T> Record<T>(T result, CancellationToken cancellationToken, string method, params object?[] arguments)
    {
        _calls.Enqueue((method, arguments));
        _arrivals.Release();
        if (Gate is { } gate)
            await gate.WaitAsync(cancellationToken);
        return Failure is null ? result : throw Failure;
    }
}
