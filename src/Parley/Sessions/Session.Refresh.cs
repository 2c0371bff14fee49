using Parley.Authentication;

namespace Parley.Sessions;

/// <summary>How connections and subscriptions get a new expiry, and what the server does to a live session.</summary>
internal sealed partial class Session
{
    /// <summary>Takes a new connection token from the client.</summary>
    public async ValueTask<Outcome<Expiry>> RefreshAsync(string token)
    {
        if (!IsConnected || token.Length == 0 || !_isRefreshedByClient)
            return DisconnectReason.BadRequest;
        var result = await _node.Tokens.VerifyConnectionAsync(token);
        if (result.Status == TokenStatus.Expired)
            return DisconnectReason.Expired;
        if (result.Token is not { } verified || verified.User != User)
            return DisconnectReason.InvalidToken;
        if (verified.ExpireAt <= _node.Time.GetUtcNow())
            return ClientError.Expired;

        _info = new ClientInfo(User, Id, verified.Info);
        SetExpiry(verified.ExpireAt);
        return ExpiryOf(verified.ExpireAt, isRefreshedByClient: true);
    }

    /// <summary>Takes a new subscription token from the client.</summary>
    public async ValueTask<Outcome<Expiry>> RefreshSubscriptionAsync(string channel, string token)
    {
        if (!IsConnected || channel.Length == 0)
            return DisconnectReason.BadRequest;
        if (FindActive(channel) is not { } subscription)
            return ClientError.PermissionDenied;
        if (token.Length == 0)
            return ClientError.BadRequest;
        if (!subscription.IsRefreshedByClient)
            return DisconnectReason.BadRequest;

        var result = await _node.Tokens.VerifySubscriptionAsync(token);
        if (result.Status == TokenStatus.Expired)
            return DisconnectReason.SubscriptionExpired;
        if (result.Token is not { } verified || !IsFor(verified, channel))
            return DisconnectReason.InvalidToken;
        if (verified.Grant.ExpireAt <= _node.Time.GetUtcNow())
            return ClientError.Expired;

        SetExpiry(subscription, verified.Grant.ExpireAt);
        return ExpiryOf(verified.Grant.ExpireAt, isRefreshedByClient: true);
    }

    /// <summary>Gives the connection a new expiry from the server's side and tells the client.</summary>
    public void Refresh(RefreshOptions options)
    {
        if (options.Expired || options.ExpireAt <= _node.Time.GetUtcNow())
        {
            Disconnect(DisconnectReason.Expired);
            return;
        }

        lock (this)
        {
            if (_state != SessionState.Connected)
            {
                // The reply to connect goes first.
                _earlyRefresh = options;
                return;
            }
        }

        if (options.Info is { } info)
            _info = new ClientInfo(User, Id, info);
        SetExpiry(options.ExpireAt);
        var expiry = ExpiryOf(options.ExpireAt, isRefreshedByClient: true);

        // A client that was told to refresh goes on doing so, whatever it is told later.
        _isRefreshedByClient |= expiry.Expires;
        Send(Format.Refresh(expiry.Expires, expiry.Ttl));
    }

    /// <summary>Subscribes the client to a channel from the server's side; one that is subscribed stays as it is.</summary>
    /// <returns>Why it could not be; null when it could.</returns>
    public async ValueTask<ClientError?> ServerSubscribeAsync(string channel, SubscriptionGrant grant)
    {
        if (!IsConnected)
            return null;
        var started = await StartServerSideAsync(channel, grant, recoverSince: null, wantsRecovery: false);
        if (started.Error == ClientError.AlreadySubscribed)
            return null;
        if (started.Error == ClientError.LimitExceeded)
        {
            Disconnect(DisconnectReason.ChannelLimit);
            return null;
        }

        if (started.Value is not { } subscription)
            return started.Error;

        Send(Format.Subscribe(channel, subscription.Result));
        foreach (var publication in subscription.Result.Publications)
            Send(Format.Publication(channel, publication));
        await GoLiveAsync(subscription);
        return null;
    }
}
