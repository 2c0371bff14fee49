using Parley.Client.Connections;
using Wire = Parley.Protocol.Centrifuge;

namespace Parley.Client;

/// <summary>What is said on a connection; all holding the gate.</summary>
public sealed partial class ParleyClient
{
    private const uint FirstErrorOfProtocol = 100;

    internal static bool IsRetriable(ParleyException failure) => failure.IsTemporary || failure.Code < FirstErrorOfProtocol;

    private void SendConnect(Connection connection)
    {
        var request = new Wire.ConnectRequest
        {
            Token = _token,
            Data = _options.Data,
            Name = _options.Name,
            Version = _options.Version,
            Subs = _serverSubscriptions.Positions(),
            Headers = OperatingSystem.IsBrowser() && _options.Headers.Count > 0 ? new Dictionary<string, string>(_options.Headers) : null,
        };
        connection.Send(new Wire.Command { Connect = request }, (reply, failure) => OnConnectReply(connection, reply, failure));
        // They leave in the same frame.
        foreach (var subscription in _subscriptions.Values) subscription.Send(connection);
    }

    private void OnConnectReply(Connection connection, Wire.Reply? reply, ParleyException? failure)
    {
        if (connection != _connection) return;
        if (failure is not null)
        {
            RefuseConnect(connection, reply, failure);
            return;
        }

        if (reply!.Connect is not { } result)
        {
            connection.Close(CloseReason.BadProtocol);
            return;
        }

        connection.Accept(result, _options.MaxServerPingDelay);
        MoveToConnected(connection);
        ScheduleRefresh(result.Expires, result.Ttl);
        Post(() => _dispatcher.Raise(Connected, this, new ConnectedEventArgs(result.Client, connection.Kind, result.Version, result.Data)));
        _serverSubscriptions.Begin(result.Subs);
        // Those that were made, or got their token, since the first frame left.
        foreach (var subscription in _subscriptions.Values) subscription.Send(connection);
    }

    private void RefuseConnect(Connection connection, Wire.Reply? reply, ParleyException failure)
    {
        var isExpired = failure.Code == ErrorCodes.TokenExpired && _options.GetToken is not null;
        if (isExpired) _token = "";
        if (reply is not null && !isExpired && !IsRetriable(failure))
        {
            connection.Close(new CloseReason(failure.Code, reply.Error!.Message, IsTerminal: true));
            return;
        }

        if (reply is not null) PostError(failure);
        else connection.Blame(failure);
        connection.Close(CloseReason.TransportClosed);
    }

    private void OnReply(Connection connection, Wire.Reply reply)
    {
        if (connection != _connection) return;
        if (reply.Push is { } push) OnPush(connection, push);
        else connection.AnswerPing();
    }

    private void OnPush(Connection connection, Wire.Push push)
    {
        if (push.Disconnect is { } disconnect)
        {
            connection.Close(CloseReason.FromCode(disconnect.Code, disconnect.Reason));
            return;
        }

        if (push.Refresh is { } refresh) ScheduleRefresh(refresh.Expires, refresh.Ttl);
        else if (push.Message is { } message) Post(() => _dispatcher.Raise(MessageReceived, this, new MessageEventArgs(message.Data)));
        else if (_subscriptions.GetValueOrDefault(push.Channel) is { IsLive: true } subscription) subscription.OnPush(push);
        else _serverSubscriptions.OnPush(push);
    }

    /// <summary>After some closes what the client knows is of no use to the server.</summary>
    private void ForgetWhatIsStale(CloseReason reason)
    {
        const uint ConnectionExpired = 3005;
        const uint StateInvalidated = 3014;
        if (reason.Code is ConnectionExpired or StateInvalidated && _options.GetToken is not null) _token = "";
        if (reason.Code != StateInvalidated) return;
        foreach (var subscription in _subscriptions.Values) subscription.Invalidate();
        _serverSubscriptions.Invalidate();
    }

    internal void RaiseServerSubscribing(string channel) =>
        Post(() => _dispatcher.Raise(ServerSubscribing, this, new ServerSubscribingEventArgs(channel)));

    internal void RaiseServerSubscribed(string channel, SubscribedEventArgs subscribed) =>
        Post(() => _dispatcher.Raise(ServerSubscribed, this, new ServerSubscribedEventArgs(channel, subscribed)));

    internal void RaiseServerUnsubscribed(string channel) =>
        Post(() => _dispatcher.Raise(ServerUnsubscribed, this, new ServerUnsubscribedEventArgs(channel)));

    internal void RaiseServerPublication(string channel, Publication publication) =>
        Post(() => _dispatcher.Raise(ServerPublicationReceived, this, new ServerPublicationEventArgs(channel, publication)));

    internal void RaiseServerJoined(string channel, ClientInfo info) =>
        Post(() => _dispatcher.Raise(ServerJoined, this, new ServerPresenceEventArgs(channel, info)));

    internal void RaiseServerLeft(string channel, ClientInfo info) =>
        Post(() => _dispatcher.Raise(ServerLeft, this, new ServerPresenceEventArgs(channel, info)));
}
