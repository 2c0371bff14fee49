using Parley.Authentication;
using Parley.Channels;
using Parley.Diagnostics;

namespace Parley.Sessions;

/// <summary>How a session begins.</summary>
internal sealed partial class Session
{
    private ReadOnlyMemory<byte> _info;
    private bool _isRefreshedByClient;

    /// <summary>Authenticates the client and starts its server-side subscriptions.</summary>
    /// <remarks>On success the caller writes the reply and then calls <see cref="GoLiveAsync()"/>.</remarks>
    public async ValueTask<Outcome<ConnectResult>> ConnectAsync(ConnectRequest request)
    {
        lock (_gate)
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
        _info = token.Info;
        if (!_node.Hub.Sessions.TryAdd(this, User.Length > 0 ? _node.Clients.MaxConnectionsPerUser : 0))
            return DisconnectReason.ConnectionLimit;

        var subscriptions = await StartServerSideAsync(token, request.Subscriptions);
        if (subscriptions.Value is not { } results)
            return subscriptions.Failure<ConnectResult>();

        var expiry = ExpiryOf(token.ExpireAt, isRefreshedByClient: true);
        _isRefreshedByClient = expiry.Expires;
        lock (_gate)
        {
            if (_state == SessionState.Ended)
                return DisconnectReason.ConnectionClosed;
            _state = SessionState.Connected;
            _staleDue = long.MaxValue;
            StartPings();
        }

        SetExpiry(token.ExpireAt);
        LogConnected(_node.Logger, Id, LogText.Clean(User));
        return new ConnectResult
        {
            Client = Id,
            Expires = expiry.Expires,
            Ttl = expiry.Ttl,
            PingSeconds = (uint)Math.Ceiling(_node.Clients.PingInterval.TotalSeconds),
            Subscriptions = results,
        };
    }

    /// <summary>Lets the subscriptions that came with connect send, after the reply was written.</summary>
    public async ValueTask GoLiveAsync()
    {
        Subscription[] subscriptions;
        lock (_gate)
            subscriptions = [.. (IEnumerable<Subscription>?)_subscriptions?.Values.Where(static s => s.IsServerSide) ?? []];
        foreach (var subscription in subscriptions)
            await GoLiveAsync(subscription);
    }

    /// <summary>After an error in reply to connect nothing more is taken, and the client has a moment to close by itself.</summary>
    private void WaitForClientToClose()
    {
        lock (_gate)
        {
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
                    LogConnectRefused(_node.Logger, Id, "token expired");
                    return ClientError.TokenExpired;
                default:
                    LogConnectRefused(_node.Logger, Id, "token invalid");
                    return DisconnectReason.InvalidToken;
            }
        }

        if (request.AuthenticatedUser is { } user)
            return new ConnectionToken { User = user };
        if (_node.Clients.Insecure || _node.Clients.AllowAnonymous)
            return new ConnectionToken { User = "" };
        LogConnectRefused(_node.Logger, Id, "no credentials");
        return DisconnectReason.BadRequest;
    }

    private async ValueTask<Outcome<Dictionary<string, SubscribeResult>>> StartServerSideAsync(
        ConnectionToken token, IReadOnlyDictionary<string, StreamPosition?> asked)
    {
        var results = new Dictionary<string, SubscribeResult>();
        foreach (var (channel, grant) in Grants(token))
        {
            var failure = await StartServerSideAsync(channel, grant, asked.GetValueOrDefault(channel), results);
            if (failure is not null)
                return failure;
        }

        foreach (var (channel, position) in asked)
        {
            if (results.ContainsKey(channel))
                continue;
            var error = _node.Rules.Find(channel, out var options);
            if (error == ClientError.UnknownChannel)
                return DisconnectReason.BadRequest;
            if (error is not null || !IsPermittedWithoutToken(channel, options))
                continue;
            var failure = await StartServerSideAsync(channel, SubscriptionGrant.Default, position, results);
            if (failure is not null)
                return failure;
        }

        return results;
    }

    private IEnumerable<KeyValuePair<string, SubscriptionGrant>> Grants(ConnectionToken token)
    {
        if (!_node.Clients.SubscribeToPersonalChannel || User.Length == 0)
            return token.Subscriptions;
        var personal = ChannelRules.Personal(_node.Clients.PersonalChannelNamespace, User);
        return token.Subscriptions.ContainsKey(personal)
            ? token.Subscriptions
            : token.Subscriptions.Append(KeyValuePair.Create(personal, SubscriptionGrant.Default));
    }

    private async ValueTask<DisconnectReason?> StartServerSideAsync(
        string channel, SubscriptionGrant grant, StreamPosition? position, Dictionary<string, SubscribeResult> results)
    {
        var started = await StartServerSideAsync(channel, grant, position);
        if (started.Value is { } subscription)
            results[channel] = subscription.Result;
        return started.Succeeded ? null : started.Disconnect ?? ServerSideFailure(started.Error!);
    }

    private static DisconnectReason ServerSideFailure(ClientError error)
    {
        if (error == ClientError.LimitExceeded)
            return DisconnectReason.ChannelLimit;
        return error.IsTemporary ? DisconnectReason.ServerError : DisconnectReason.BadRequest;
    }
}
