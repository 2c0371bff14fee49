using Parley.Sessions;
using Wire = Parley.Protocol.Centrifuge;

namespace Parley.AspNetCore.Protocols.Centrifuge;

/// <summary>The commands, one method each.</summary>
internal sealed partial class CentrifugeHandler
{
    /// <summary>Subscribe flag of the protocol: answer error 112 rather than subscribe unrecovered.</summary>
    private const long RejectUnrecovered = 2;

    private async ValueTask ConnectAsync(uint id, Wire.ConnectRequest request)
    {
        if (_untilConnected is not { } context)
        {
            session.Disconnect(DisconnectReason.BadRequest);
            return;
        }

        var outcome = await session.ConnectAsync(ConnectRequests.From(request, context));
        if (ReplyFailure(id, outcome))
            return;

        var result = outcome.Value!;
        if (!format.TryToWire(result.Subscriptions, out var subscriptions))
        {
            session.Disconnect(DisconnectReason.InappropriateProtocol);
            return;
        }

        var hasProtocolPings = context.NativePing is null;
        Send(new Wire.Reply
        {
            Id = id,
            Connect = new Wire.ConnectResult
            {
                Client = result.Client,
                Version = CentrifugeProtocol.ServerVersion,
                Expires = result.Expires,
                Ttl = result.Ttl,
                Ping = hasProtocolPings ? result.PingSeconds : 0,
                Pong = hasProtocolPings,
                Session = context.SideSession ?? "",
                Node = context.SideSession is null ? "" : settings.NodeId,
                Subs = subscriptions,
            },
        });
        _untilConnected = null;
        await session.GoLiveAsync();
    }

    private async ValueTask SubscribeAsync(uint id, Wire.SubscribeRequest request)
    {
        var outcome = await session.SubscribeAsync(new SubscribeRequest
        {
            Channel = request.Channel,
            Token = request.Token,
            RecoverSince = ConnectRequests.PositionOf(request),
            WantsPositioning = request.Positioned,
            WantsRecovery = request.Recoverable,
            WantsJoinLeave = request.JoinLeave,
            RejectUnrecovered = (request.Flag & RejectUnrecovered) != 0,
            Delta = request.Delta,
            HasTagsFilter = request.Tf is not null,
            Type = (SubscriptionType)request.Type,
        });
        if (ReplyFailure(id, outcome))
            return;

        var subscription = outcome.Value!;
        if (format.ToWire(subscription.Channel, subscription.Result) is not { } result)
        {
            session.Disconnect(DisconnectReason.InappropriateProtocol);
            return;
        }

        Send(new Wire.Reply { Id = id, Subscribe = result });
        await session.GoLiveAsync(subscription);
    }

    private async ValueTask UnsubscribeAsync(uint id, Wire.UnsubscribeRequest request)
    {
        if (request.Channel.Length == 0)
        {
            session.Disconnect(DisconnectReason.BadRequest);
            return;
        }

        await session.UnsubscribeAsync(request.Channel);
        Send(new Wire.Reply { Id = id, Unsubscribe = new Wire.UnsubscribeResult() });
    }

    private async ValueTask PresenceAsync(uint id, Wire.PresenceRequest request)
    {
        var outcome = await session.GetPresenceAsync(request.Channel);
        if (ReplyFailure(id, outcome))
            return;
        var members = outcome.Value!.ToDictionary(static pair => pair.Key, pair => format.ToWire(pair.Value));
        Send(new Wire.Reply { Id = id, Presence = new Wire.PresenceResult { Presence = members } });
    }

    private async ValueTask PresenceStatsAsync(uint id, Wire.PresenceStatsRequest request)
    {
        var outcome = await session.GetPresenceStatsAsync(request.Channel);
        if (ReplyFailure(id, outcome))
            return;
        var stats = outcome.Value;
        Send(new Wire.Reply
        {
            Id = id,
            PresenceStats = new Wire.PresenceStatsResult { NumClients = (uint)stats.Clients, NumUsers = (uint)stats.Users },
        });
    }

    private async ValueTask HistoryAsync(uint id, Wire.HistoryRequest request)
    {
        var since = request.Since is { } position ? new StreamPosition(position.Offset, position.Epoch) : (StreamPosition?)null;
        var outcome = await session.GetHistoryAsync(request.Channel, request.Limit, since, request.Reverse);
        if (ReplyFailure(id, outcome))
            return;

        var page = outcome.Value!;
        if (format.ToWire(page.Publications) is not { } publications)
        {
            session.Disconnect(DisconnectReason.InappropriateProtocol);
            return;
        }

        Send(new Wire.Reply
        {
            Id = id,
            History = new Wire.HistoryResult
            {
                Publications = publications,
                Offset = page.Top.Offset,
                Epoch = page.Top.Epoch,
            },
        });
    }

    private async ValueTask RefreshAsync(uint id, Wire.RefreshRequest request)
    {
        var outcome = await session.RefreshAsync(request.Token);
        if (ReplyFailure(id, outcome))
            return;
        Send(new Wire.Reply
        {
            Id = id,
            Refresh = new Wire.RefreshResult
            {
                Client = session.Id,
                Version = $"{Nodes.Node.Version} Parley",
                Expires = outcome.Value.Expires,
                Ttl = outcome.Value.Ttl,
            },
        });
    }

    private async ValueTask SubRefreshAsync(uint id, Wire.SubRefreshRequest request)
    {
        if (request.Type != 0)
        {
            Send(id, ClientError.NotAvailable);
            return;
        }

        var outcome = await session.RefreshSubscriptionAsync(request.Channel, request.Token);
        if (ReplyFailure(id, outcome))
            return;
        var result = new Wire.SubRefreshResult { Expires = outcome.Value.Expires, Ttl = outcome.Value.Ttl };
        Send(new Wire.Reply { Id = id, SubRefresh = result });
    }
}
