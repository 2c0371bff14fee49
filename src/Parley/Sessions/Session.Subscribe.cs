using Parley.Authentication;
using Parley.Brokers;
using Parley.Channels;
using Parley.Diagnostics;

namespace Parley.Sessions;

/// <summary>How subscriptions begin.</summary>
internal sealed partial class Session
{
    private static readonly TimeSpan SettleTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Subscribes to a channel at the client's wish.</summary>
    /// <remarks>On success the caller writes the reply and then calls <see cref="GoLiveAsync(Subscription)"/>.</remarks>
    public async ValueTask<Outcome<Subscription>> SubscribeAsync(SubscribeRequest request)
    {
        if (request.Type == SubscriptionType.SharedPoll)
            return ClientError.NotAvailable;
        if (!IsConnected || request.Channel.Length == 0 || request.Delta is not ("" or "fossil"))
            return DisconnectReason.BadRequest;
        if (_node.Rules.IsTooLong(request.Channel))
            return ClientError.BadRequest;

        var reserved = await ReserveAsync(request.Channel, isServerSide: false);
        if (reserved.Value is not { } subscription)
            return reserved.Failure<Subscription>();

        var started = await GuardAsync(subscription, StartAsync(subscription, request));
        if (started.Error is { } error)
            LogRefused(_node.Logger, Id, LogText.Clean(User), _remote, LogText.Clean(request.Channel), error.Message);
        return started;
    }

    /// <summary>Takes a subscription that did not start out of everything, whatever the reason.</summary>
    private async ValueTask<Outcome<Subscription>> GuardAsync(Subscription subscription, ValueTask<Outcome<Subscription>> starting)
    {
        try
        {
            var started = await starting;
            if (!started.Succeeded)
                await EndAsync(subscription);
            return started;
        }
        catch
        {
            await EndAsync(subscription);
            throw;
        }
    }

    /// <summary>Lets a subscription send, after the reply that begins it was written, and tells the channel that the client joined.</summary>
    public async ValueTask GoLiveAsync(Subscription subscription)
    {
        UnsubscribeReason? endsWith;
        lock (this)
        {
            if (subscription.Phase != SubscriptionPhase.Starting || subscription.HubChannel is null)
                return;
            subscription.Phase = SubscriptionPhase.Active;
            subscription.WasLive = subscription.IsJoining = true;
            endsWith = subscription.EndsWith;
        }

        // The client has it; what was recovered must not stay in memory as long as the subscription.
        subscription.Result = SubscribeResult.Told;
        subscription.HubChannel.GoLive(subscription);
        SetExpiry(subscription, subscription.Grant.ExpireAt);
        try
        {
            if (subscription.TellsJoinLeave)
                await _node.Broker.PublishJoinAsync(subscription.Channel, subscription.Info);
        }
        catch (Exception exception)
        {
            // Joins are told at most once, and the client has its answer already.
            LogUnavailable(_node.Logger, subscription.Channel, exception);
        }
        finally
        {
            lock (this)
                subscription.IsJoining = false;
            Settle(subscription);
        }

        if (endsWith is not null)
            Unsubscribe(subscription, endsWith);
    }

    private async ValueTask AddPresenceAsync(Subscription subscription)
    {
        await _node.Presence.AddAsync(subscription.Channel, subscription.Info);
        bool isOut;
        lock (this)
            isOut = subscription.IsOut;

        // The session ended meanwhile and may have removed the member before it was there.
        if (isOut)
            await _node.Presence.RemoveAsync(subscription.Channel, Id);
    }

    /// <summary>Takes a place among the session's subscriptions, after one of the same channel that is just ending is gone.</summary>
    private async ValueTask<Outcome<Subscription>> ReserveAsync(string channel, bool isServerSide)
    {
        channel = _node.Hub.NameOf(channel);
        while (true)
        {
            Task settled;
            lock (this)
            {
                if (_state is SessionState.Ended)
                    return DisconnectReason.ConnectionClosed;
                if (_subscriptions.Find(channel) is not { } existing)
                {
                    if (_subscriptions.Count >= _node.Clients.MaxChannels)
                        return ClientError.LimitExceeded;
                    var subscription = new Subscription(this, channel, isServerSide);
                    _subscriptions.Add(subscription);
                    return subscription;
                }

                if (existing.Phase != SubscriptionPhase.Ending)
                    return ClientError.AlreadySubscribed;
                settled = SettledTask(existing);
            }

            await settled;
        }
    }

    private async ValueTask<Outcome<Subscription>> StartAsync(Subscription subscription, SubscribeRequest request)
    {
        var channel = subscription.Channel;
        if (_node.Rules.Find(channel, out var options) is { } error)
            return error;
        if (request.Type != SubscriptionType.Stream)
            return ClientError.PermissionDenied;

        var permitted = await PermitAsync(channel, options, request.Token);
        if (permitted.Value is not { } grant)
            return permitted.Failure<Subscription>();
        if (request.HasTagsFilter)
            return ClientError.BadRequest;
        if (grant.ExpireAt <= _node.Time.GetUtcNow())
            return ClientError.Expired;

        subscription.IsRefreshedByClient = request.Token.Length > 0;
        var mayReadHistory = MayReadHistory(options);
        var mayReadPresence = options.AllowPresence || _node.Clients.Insecure;
        var isRecoverable = options.HasHistory && ((grant.ForceRecovery ?? options.ForceRecovery)
            || ((request.WantsRecovery || request.RecoverSince is not null) && (options.AllowRecovery || mayReadHistory)));
        var isPositioned = isRecoverable || (options.HasHistory && ((grant.ForcePositioning ?? options.ForcePositioning)
            || (request.WantsPositioning && (options.AllowPositioning || mayReadHistory))));
        Configure(subscription, options, grant, isPositioned, request.WantsJoinLeave && mayReadPresence);
        return await JoinAsync(subscription, isRecoverable, request.RecoverSince, request.RejectUnrecovered);
    }

    /// <summary>Starts a subscription that the server gives.</summary>
    private async ValueTask<Outcome<Subscription>> StartServerSideAsync(
        string channel, SubscriptionGrant grant, StreamPosition? recoverSince, bool wantsRecovery)
    {
        if (_node.Rules.Find(channel, out var options) is { } error)
            return error;
        var reserved = await ReserveAsync(channel, isServerSide: true);
        if (reserved.Value is not { } subscription)
            return reserved;

        var isRecoverable = options.HasHistory && ((grant.ForceRecovery ?? (options.ForceRecovery || grant.RecoverSince is not null))
            || (wantsRecovery && (options.AllowRecovery || MayReadHistory(options))));
        var isPositioned = isRecoverable || (options.HasHistory && (grant.ForcePositioning ?? options.ForcePositioning));
        Configure(subscription, options, grant, isPositioned, wantsJoinLeave: false);
        return await GuardAsync(
            subscription, JoinAsync(subscription, isRecoverable, grant.RecoverSince ?? recoverSince, rejectUnrecovered: false));
    }

    private bool MayReadHistory(ChannelOptions options) => options.HasHistory && (options.AllowHistory || _node.Clients.Insecure);

    private void Configure(
        Subscription subscription, ChannelOptions options, SubscriptionGrant grant, bool isPositioned, bool wantsJoinLeave)
    {
        var joinLeave = grant.JoinLeave ?? options.JoinLeave;
        subscription.Options = options;
        subscription.Grant = grant;
        subscription.Info = InfoWith(grant.Info);
        subscription.IsPositioned = isPositioned;
        subscription.HasPresence = grant.Presence ?? options.Presence;
        subscription.TellsJoinLeave = joinLeave;
        subscription.GetsJoinLeave = joinLeave && (wantsJoinLeave || (grant.ForcePushJoinLeave ?? options.ForcePushJoinLeave));
    }

    /// <summary>Joins the hub first and reads the history then, so that whatever is published meanwhile is held and nothing falls between.</summary>
    private async ValueTask<Outcome<Subscription>> JoinAsync(
        Subscription subscription, bool isRecoverable, StreamPosition? recoverSince, bool rejectUnrecovered)
    {
        try
        {
            var hubChannel = await _node.Hub.JoinAsync(subscription);
            lock (this)
                subscription.HubChannel = subscription.IsOut ? null : hubChannel;
            if (subscription.HubChannel is null)
            {
                await _node.Hub.LeaveAsync(hubChannel, subscription);
                return DisconnectReason.ConnectionClosed;
            }

            var expiry = ExpiryOf(subscription.Grant.ExpireAt, subscription.IsRefreshedByClient);
            subscription.Result = new SubscribeResult
            {
                Data = subscription.Grant.Data,
                Expires = expiry.Expires,
                Ttl = expiry.Ttl,
                WasRecovering = recoverSince is not null,
            };
            if (subscription.IsPositioned)
                subscription.Result = await RecoverAsync(subscription, isRecoverable, recoverSince);
            if (rejectUnrecovered && subscription.Result is { WasRecovering: true, Recovered: false })
                return ClientError.UnrecoverablePosition;

            if (subscription.HasPresence)
                await AddPresenceAsync(subscription);
            lock (this)
                return subscription.IsOut ? ClientError.Internal : subscription;
        }
        catch (BrokerUnavailableException exception)
        {
            LogUnavailable(_node.Logger, subscription.Channel, exception);
            return ClientError.Internal;
        }
    }

    private async ValueTask<SubscribeResult> RecoverAsync(Subscription subscription, bool isRecoverable, StreamPosition? recoverSince)
    {
        var limit = _node.Channels.MaxHistoryLimit;
        var since = isRecoverable ? recoverSince : null;
        var page = await _node.Broker.ReadHistoryAsync(subscription.Channel, new HistoryQuery
        {
            // One more than may be sent shows that there are too many.
            Limit = since is null ? 0 : limit + 1,
            Since = since,
            HistoryMetaTtl = subscription.Options.HistoryMetaTtl,
        });

        subscription.HubChannel!.SetPosition(subscription, page.Top);
        var result = subscription.Result with { IsPositioned = true, IsRecoverable = isRecoverable, Position = page.Top };
        if (since is not { } asked)
            return result;

        var recovered = page.IsComplete && page.Publications.Count <= limit;
        _node.Metrics.Recovered(recovered);
        return result with
        {
            Recovered = recovered,
            // A client advances to the top by what it is given.
            Position = recovered ? new StreamPosition(asked.Offset, page.Top.Epoch) : page.Top,
            Publications = recovered ? page.Publications : [],
            IsShared = subscription.HubChannel.Count > 1,
        };
    }

    private async ValueTask<Outcome<SubscriptionGrant>> PermitAsync(string channel, ChannelOptions options, string token)
    {
        if (token.Length > 0)
            return await PermitByTokenAsync(channel, token);
        return IsPermittedWithoutToken(channel, options) ? SubscriptionGrant.Default : ClientError.PermissionDenied;
    }

    private async ValueTask<Outcome<SubscriptionGrant>> PermitByTokenAsync(string channel, string token)
    {
        var result = await _node.Tokens.VerifySubscriptionAsync(token);
        if (result.Status == TokenStatus.Expired)
            return ClientError.TokenExpired;
        if (result.Token is not { } verified)
            return ClientError.PermissionDenied;
        return IsFor(verified, channel) ? verified.Grant : DisconnectReason.InvalidToken;
    }

    private bool IsFor(SubscriptionToken token, string channel) =>
        token.User == User && token.Channel == channel && (token.Client is null or "" || token.Client == Id);

    private bool IsPermittedWithoutToken(string channel, ChannelOptions options)
    {
        if (ChannelRules.IsPrivate(channel))
            return false;
        if (ChannelRules.IsUserLimited(channel))
            return options.AllowUserLimited ? ChannelRules.IsFor(channel, User) : _node.Clients.Insecure;
        return _node.Clients.Insecure || (options.AllowSubscribe && (User.Length > 0 || options.AllowAnonymousSubscribe));
    }
}
