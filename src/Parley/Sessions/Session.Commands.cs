using Parley.Brokers;
using Parley.Channels;
using Parley.Diagnostics;
using Parley.Presence;

namespace Parley.Sessions;

/// <summary>What a client can ask for in a channel.</summary>
internal sealed partial class Session
{
    /// <summary>Publishes at the client's wish.</summary>
    /// <param name="channel">Where.</param>
    /// <param name="data">Copied before the first wait.</param>
    /// <param name="isJson">Whether it is one JSON value, which it must be unless the namespace allows binary data.</param>
    public async ValueTask<Outcome<Nothing>> PublishAsync(string channel, ReadOnlyMemory<byte> data, bool isJson)
    {
        if (Check(channel, out var options, out var subscription) is { Succeeded: false } refused)
            return refused;
        var isPermitted = (options.AllowPublish && User.Length > 0) || (options.AllowPublishForSubscriber && subscription is not null);
        if (!isPermitted && !_node.Clients.Insecure)
            return Refuse(channel, ClientError.PermissionDenied);
        if (data.IsEmpty || (!isJson && !options.AllowBinary))
            return ClientError.BadRequest;

        try
        {
            await _node.Broker.PublishAsync(channel, new BrokerPublishRequest
            {
                Data = data.ToArray(),
                IsKnownJson = isJson,
                Info = subscription?.Info ?? InfoWith(default),
                HistorySize = options.HistorySize,
                HistoryTtl = options.HistoryTtl,
                HistoryMetaTtl = options.HistoryMetaTtl,
            });
            _node.Metrics.Published();
            return default(Nothing);
        }
        catch (BrokerUnavailableException exception)
        {
            LogUnavailable(_node.Logger, channel, exception);
            return ClientError.Internal;
        }
    }

    /// <summary>Who is in a channel.</summary>
    public async ValueTask<Outcome<IReadOnlyDictionary<string, ClientInfo>>> GetPresenceAsync(string channel)
    {
        var permitted = CheckPresence(channel);
        return permitted.Succeeded
            ? Outcome<IReadOnlyDictionary<string, ClientInfo>>.Of(await _node.Presence.ListAsync(channel))
            : permitted.Failure<IReadOnlyDictionary<string, ClientInfo>>();
    }

    /// <summary>How many are in a channel.</summary>
    public async ValueTask<Outcome<PresenceStats>> GetPresenceStatsAsync(string channel)
    {
        var permitted = CheckPresence(channel);
        return permitted.Succeeded ? await _node.Presence.CountAsync(channel) : permitted.Failure<PresenceStats>();
    }

    /// <summary>Reads the history of a channel.</summary>
    /// <param name="channel">Which.</param>
    /// <param name="limit">0 the position only, below zero as many as one call gives.</param>
    /// <param name="since">Start after it.</param>
    /// <param name="reverse">Newest first.</param>
    public async ValueTask<Outcome<HistoryPage>> GetHistoryAsync(string channel, int limit, StreamPosition? since, bool reverse)
    {
        if (Check(channel, out var options, out var subscription) is { Succeeded: false } refused)
            return refused.Failure<HistoryPage>();
        if (!options.HasHistory)
            return ClientError.NotAvailable;
        if (!_node.Clients.Insecure && !(options.AllowHistory && subscription is not null))
            return Refuse(channel, ClientError.PermissionDenied).Failure<HistoryPage>();
        if (reverse && since is { Offset: 0 })
            return ClientError.BadRequest;

        try
        {
            var page = await _node.Broker.ReadHistoryAsync(channel, new HistoryQuery
            {
                Limit = limit < 0 ? _node.Channels.MaxHistoryLimit : Math.Min(limit, _node.Channels.MaxHistoryLimit),
                Since = since,
                Reverse = reverse,
                HistoryMetaTtl = options.HistoryMetaTtl,
            });
            return page.IsComplete ? page : ClientError.UnrecoverablePosition;
        }
        catch (BrokerUnavailableException exception)
        {
            LogUnavailable(_node.Logger, channel, exception);
            return ClientError.Internal;
        }
    }

    private Outcome<Nothing> CheckPresence(string channel)
    {
        if (Check(channel, out var options, out var subscription) is { Succeeded: false } refused)
            return refused;
        if (!options.Presence)
            return ClientError.NotAvailable;
        return _node.Clients.Insecure || (options.AllowPresence && subscription is not null)
            ? default(Nothing)
            : Refuse(channel, ClientError.PermissionDenied);
    }

    private Outcome<Nothing> Check(string channel, out ChannelOptions options, out Subscription? subscription)
    {
        options = _node.Channels.Default;
        subscription = null;
        if (!IsConnected || channel.Length == 0)
            return DisconnectReason.BadRequest;
        if (_node.Rules.Find(channel, out options) is { } error)
            return error;
        subscription = FindActive(channel);
        return default(Nothing);
    }

    private Subscription? FindActive(string channel)
    {
        lock (this)
        {
            return _subscriptions.Find(channel) is { Phase: SubscriptionPhase.Active } subscription ? subscription : null;
        }
    }

    private Outcome<Nothing> Refuse(string channel, ClientError error)
    {
        LogRefused(_node.Logger, Id, LogText.Clean(User), _remote, LogText.Clean(channel), error.Message);
        return error;
    }
}
