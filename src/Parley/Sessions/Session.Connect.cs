using Parley.Authentication;
using Parley.Channels;
using Parley.Diagnostics;

namespace Parley.Sessions;

/// <summary>How a session begins.</summary>
internal sealed partial class Session
{
    private bool _isRefreshedByClient;
    private Subscription[] _withConnect = [];
    private RefreshOptions? _earlyRefresh;

    /// <summary>Authenticates the client and starts its server-side subscriptions.</summary>
    /// <remarks>On success the caller writes the reply and then calls <see cref="GoLiveAsync()"/>.</remarks>
    public async ValueTask<Outcome<ConnectResult>> ConnectAsync(ConnectRequest request)
    {
        lock (this)
        {
            if (_state != SessionState.New)
                return DisconnectReason.BadRequest;
            _state = SessionState.Connecting;
        }

        var authenticated = await AuthenticateAsync(request);
        if (authenticated.Error is not null)
            WaitForClientToClose();
        if (authenticated.Value is not { } token)
            return authenticated.Failure<ConnectResult>();

        User = token.User;
        _info = new ClientInfo(User, Id, token.Info);
        if (!TryEnter(out var refusal))
            return refusal;

        var subscriptions = await StartServerSideAsync(token, request);
        if (subscriptions.Value is not { } results)
            return subscriptions.Failure<ConnectResult>();

        // Who was authenticated by the host gets new credentials by connecting anew, not by a token of ours.
        var expiry = ExpiryOf(token.ExpireAt, isRefreshedByClient: request.Token.Length > 0);
        _isRefreshedByClient = expiry.Expires;
        lock (this)
        {
            if (_state == SessionState.Ended)
                return DisconnectReason.ConnectionClosed;
            _state = SessionState.Answered;
            _staleDue = long.MaxValue;
        }

        SetExpiry(token.ExpireAt);
        return new ConnectResult
        {
            Client = Id,
            Expires = expiry.Expires,
            Ttl = expiry.Ttl,
            PingSeconds = (uint)Math.Ceiling(_node.Clients.PingInterval.TotalSeconds),
            Subscriptions = results.ToDictionary(static subscription => subscription.Channel, static subscription => subscription.Result),
        };
    }

    /// <summary>Begins the session's life after the reply was written: pings, and the subscriptions that came with connect.</summary>
    public async ValueTask GoLiveAsync()
    {
        RefreshOptions? refresh;
        lock (this)
        {
            if (_state != SessionState.Answered)
                return;
            _state = SessionState.Connected;
            refresh = _earlyRefresh;
            StartPings();
        }

        Reschedule();
        LogConnected(_node.Logger, Id, LogText.Clean(User), _remote);
        foreach (var subscription in _withConnect)
            await GoLiveAsync(subscription);
        _withConnect = [];
        if (refresh is not null)
            Refresh(refresh);
    }

    /// <summary>Makes the session known to the node, unless its user has too many or it has ended meanwhile.</summary>
    private bool TryEnter(out DisconnectReason refusal)
    {
        refusal = DisconnectReason.ConnectionLimit;
        if (!_node.Hub.Sessions.TryAdd(this, User.Length > 0 ? _node.Clients.MaxConnectionsPerUser : 0))
            return false;
        if (!HasEnded)
            return true;

        // Whoever ended it may have removed it before it was there.
        _node.Hub.Sessions.Remove(this);
        refusal = DisconnectReason.ConnectionClosed;
        return false;
    }

    /// <summary>After an error in reply to connect nothing more is taken, and the client has a moment to close by itself.</summary>
    private void WaitForClientToClose()
    {
        lock (this)
        {
            if (_state == SessionState.Connecting)
                _state = SessionState.Refused;
            _staleDue = _node.DueIn(SettleTimeout);
            _staleReason = DisconnectReason.ConnectionClosed;
        }

        Reschedule();
    }

    private async ValueTask<Outcome<ConnectionToken>> AuthenticateAsync(ConnectRequest request)
    {
        if (request.Token.Length > 0)
        {
            var result = await _node.Tokens.VerifyConnectionAsync(request.Token);
            switch (result.Status)
            {
                case TokenStatus.Valid:
                    // In insecure mode a token says who the client is, and nothing expires.
                    if (_node.Clients.Insecure)
                        return result.Token! with { ExpireAt = null };
                    return result.Token!.ExpireAt <= _node.Time.GetUtcNow() ? ClientError.Expired : result.Token;
                case TokenStatus.Expired:
                    LogConnectRefused(_node.Logger, Id, _remote, "token expired");
                    return ClientError.TokenExpired;
                default:
                    LogConnectRefused(_node.Logger, Id, _remote, "token invalid");
                    return DisconnectReason.InvalidToken;
            }
        }

        if (request.AuthenticatedUser is { } user)
            return new ConnectionToken { User = user, ExpireAt = request.AuthenticatedUntil };
        if (_node.Clients.Insecure || _node.Clients.AllowAnonymous)
            return new ConnectionToken { User = "" };
        LogConnectRefused(_node.Logger, Id, _remote, "no credentials");
        return DisconnectReason.BadRequest;
    }

    private async ValueTask<Outcome<Subscription[]>> StartServerSideAsync(
        ConnectionToken token, ConnectRequest request)
    {
        var asked = request.Subscriptions;
        var started = new Dictionary<string, Subscription>();
        foreach (var (channel, grant) in Grants(token))
        {
            var failure = await StartServerSideAsync(channel, grant, asked.GetValueOrDefault(channel), request.WantsRecovery, started);
            if (failure is not null)
                return failure;
        }

        foreach (var (channel, position) in asked)
        {
            if (started.ContainsKey(channel))
                continue;
            var error = _node.Rules.Find(channel, out var options);
            if (error == ClientError.UnknownChannel)
                return DisconnectReason.BadRequest;
            if (error is not null || !IsPermittedWithoutToken(channel, options))
                continue;
            var failure = await StartServerSideAsync(channel, SubscriptionGrant.Default, position, request.WantsRecovery, started);
            if (failure is not null)
                return failure;
        }

        return _withConnect = [.. started.Values];
    }

    private IEnumerable<KeyValuePair<string, SubscriptionGrant>> Grants(ConnectionToken token)
    {
        if (!_node.Clients.SubscribeToPersonalChannel || User.Length == 0)
            return token.Subscriptions;
        var personal = ChannelRules.Personal(_node.Clients.PersonalChannelNamespace, User);
        if (!ChannelRules.CanHavePersonal(User) || _node.Rules.Find(personal, out _) is not null)
        {
            // A name that would mean other users too, or none, must not keep this one from connecting.
            LogNotSubscribed(_node.Logger, Id, LogText.Clean(User), LogText.Clean(personal), "the user id cannot stand in a channel name");
            return token.Subscriptions;
        }

        return token.Subscriptions.ContainsKey(personal)
            ? token.Subscriptions
            : token.Subscriptions.Append(KeyValuePair.Create(personal, SubscriptionGrant.Default));
    }

    private async ValueTask<DisconnectReason?> StartServerSideAsync(
        string channel, SubscriptionGrant grant, StreamPosition? position, bool wantsRecovery, Dictionary<string, Subscription> started)
    {
        var outcome = await StartServerSideAsync(channel, grant, position, wantsRecovery);
        if (outcome.Value is { } subscription)
            started[channel] = subscription;
        if (outcome.Error is { } error)
            LogNotSubscribed(_node.Logger, Id, LogText.Clean(User), LogText.Clean(channel), error.Message);
        return outcome.Succeeded ? null : outcome.Disconnect ?? ServerSideFailure(outcome.Error!);
    }

    private static DisconnectReason ServerSideFailure(ClientError error)
    {
        if (error == ClientError.LimitExceeded)
            return DisconnectReason.ChannelLimit;
        return error.IsTemporary ? DisconnectReason.ServerError : DisconnectReason.BadRequest;
    }
}
