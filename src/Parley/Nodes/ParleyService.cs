using Parley.Authentication;
using Parley.Brokers;
using Parley.Channels;
using Parley.Presence;
using Parley.Sessions;

namespace Parley.Nodes;

/// <summary>The server's side of Parley on this node.</summary>
internal sealed class ParleyService(Node node, INodeBus bus) : IParley
{
    public async ValueTask<PublishResult> PublishAsync(
        string channel, ReadOnlyMemory<byte> data, PublishOptions? options = null, CancellationToken cancellationToken = default)
    {
        var channelOptions = Find(channel);
        if (data.IsEmpty)
            throw new ParleyException(ClientError.BadRequest);
        return await PublishAsync(channel, data.ToArray(), options, channelOptions, cancellationToken);
    }

    public async ValueTask<IReadOnlyList<BroadcastResult>> BroadcastAsync(
        IReadOnlyList<string> channels, ReadOnlyMemory<byte> data, PublishOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(channels);
        if (data.IsEmpty || channels.Count == 0)
            throw new ParleyException(ClientError.BadRequest);

        var copy = data.ToArray();
        var results = new BroadcastResult[channels.Count];
        for (var i = 0; i < results.Length; i++)
            results[i] = await BroadcastToAsync(channels[i], copy, options, cancellationToken);
        return results;
    }

    public async ValueTask SubscribeAsync(
        SessionSelector sessions, string channel, ServerSubscribeOptions? options = null, CancellationToken cancellationToken = default)
    {
        Check(sessions);
        Find(channel);
        if (options?.ExpireAt <= node.Time.GetUtcNow())
            throw new ParleyException(ClientError.Expired);
        await AskAsync(new NodeRequest.Subscribe(sessions, channel, Grant(options ?? new ServerSubscribeOptions())), cancellationToken);
    }

    public async ValueTask UnsubscribeAsync(SessionSelector sessions, string? channel, CancellationToken cancellationToken = default)
    {
        Check(sessions);
        await AskAsync(new NodeRequest.Unsubscribe(sessions, channel, UnsubscribeReason.Server), cancellationToken);
    }

    public async ValueTask DisconnectAsync(
        SessionSelector sessions, DisconnectOptions? options = null, CancellationToken cancellationToken = default)
    {
        Check(sessions);
        options ??= new DisconnectOptions();
        await AskAsync(new NodeRequest.Disconnect(sessions, options.Reason, options.Whitelist), cancellationToken);
    }

    public async ValueTask RefreshAsync(SessionSelector sessions, RefreshOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        Check(sessions);
        await AskAsync(new NodeRequest.Refresh(sessions, options), cancellationToken);
    }

    public ValueTask<IReadOnlyDictionary<string, ClientInfo>> GetPresenceAsync(
        string channel, CancellationToken cancellationToken = default)
    {
        CheckPresence(channel);
        return node.Presence.ListAsync(channel, cancellationToken);
    }

    public ValueTask<PresenceStats> GetPresenceStatsAsync(string channel, CancellationToken cancellationToken = default)
    {
        CheckPresence(channel);
        return node.Presence.CountAsync(channel, cancellationToken);
    }

    public async ValueTask<HistoryPage> GetHistoryAsync(
        string channel, int limit = 0, StreamPosition? since = null, bool reverse = false, CancellationToken cancellationToken = default)
    {
        var options = FindWithHistory(channel);
        if (reverse && since is { Offset: 0 })
            throw new ParleyException(ClientError.BadRequest);
        var query = new HistoryQuery
        {
            Limit = Math.Max(limit, -1),
            Since = since,
            Reverse = reverse,
            HistoryMetaTtl = options.HistoryMetaTtl,
        };
        var page = await node.Broker.ReadHistoryAsync(channel, query, cancellationToken);
        return page.IsComplete ? page : throw new ParleyException(ClientError.UnrecoverablePosition);
    }

    public ValueTask RemoveHistoryAsync(string channel, CancellationToken cancellationToken = default)
    {
        FindWithHistory(channel);
        return node.Broker.RemoveHistoryAsync(channel, cancellationToken);
    }

    public async ValueTask<IReadOnlyDictionary<string, int>> GetChannelsAsync(
        string? pattern = null, CancellationToken cancellationToken = default)
    {
        var answers = await AskAsync(new NodeRequest.Channels(pattern), cancellationToken);
        return answers
            .SelectMany(static answer => answer.Channels)
            .GroupBy(static channel => channel.Key, static channel => channel.Value)
            .ToDictionary(static channel => channel.Key, static channel => channel.Sum());
    }

    public async ValueTask<IReadOnlyList<NodeInfo>> GetNodesAsync(CancellationToken cancellationToken = default)
    {
        var answers = await AskAsync(new NodeRequest.Info(), cancellationToken);
        return [.. answers.Select(static answer => answer.Info).OfType<NodeInfo>()];
    }

    private async ValueTask<BroadcastResult> BroadcastToAsync(
        string channel, byte[] data, PublishOptions? options, CancellationToken cancellationToken)
    {
        if (node.Rules.Find(channel, out var channelOptions) is { } error)
            return new BroadcastResult(null, error);
        try
        {
            return new BroadcastResult(await PublishAsync(channel, data, options, channelOptions, cancellationToken), null);
        }
        catch (BrokerUnavailableException)
        {
            return new BroadcastResult(null, ClientError.Internal);
        }
    }

    private async ValueTask<PublishResult> PublishAsync(
        string channel, byte[] data, PublishOptions? options, ChannelOptions channelOptions, CancellationToken cancellationToken)
    {
        var skipHistory = options?.SkipHistory ?? false;
        var result = await node.Broker.PublishAsync(channel, new BrokerPublishRequest
        {
            Data = data,
            Tags = options?.Tags,
            HistorySize = skipHistory ? 0 : channelOptions.HistorySize,
            HistoryTtl = channelOptions.HistoryTtl,
            HistoryMetaTtl = channelOptions.HistoryMetaTtl,
            IdempotencyKey = options?.IdempotencyKey,
            Version = options?.Version ?? 0,
            VersionEpoch = options?.VersionEpoch,
        }, cancellationToken);
        node.Metrics.Published();
        return result;
    }

    private async ValueTask<IReadOnlyList<NodeAnswer>> AskAsync(NodeRequest request, CancellationToken cancellationToken)
    {
        var answers = await bus.AskAllAsync(request, cancellationToken);
        var error = answers.Select(static answer => answer.Error).FirstOrDefault(static error => error is not null);
        return error is null ? answers : throw new ParleyException(error);
    }

    private ChannelOptions Find(string channel)
    {
        ArgumentNullException.ThrowIfNull(channel);
        return node.Rules.Find(channel, out var options) is { } error ? throw new ParleyException(error) : options;
    }

    private ChannelOptions FindWithHistory(string channel)
    {
        var options = Find(channel);
        return options.HasHistory ? options : throw new ParleyException(ClientError.NotAvailable);
    }

    private void CheckPresence(string channel)
    {
        if (!Find(channel).Presence)
            throw new ParleyException(ClientError.NotAvailable);
    }

    private static void Check(SessionSelector sessions)
    {
        ArgumentNullException.ThrowIfNull(sessions);
        if (sessions.User.Length == 0 && string.IsNullOrEmpty(sessions.Client) && string.IsNullOrEmpty(sessions.Session))
            throw new ParleyException(ClientError.BadRequest);
    }

    private static SubscriptionGrant Grant(ServerSubscribeOptions options) => new()
    {
        Info = options.Info.ToArray(),
        Data = options.Data.ToArray(),
        ExpireAt = options.ExpireAt,
        RecoverSince = options.RecoverSince,
        Presence = options.Presence,
        JoinLeave = options.JoinLeave,
        ForcePushJoinLeave = options.ForcePushJoinLeave,
        ForcePositioning = options.ForcePositioning,
        ForceRecovery = options.ForceRecovery,
    };
}
