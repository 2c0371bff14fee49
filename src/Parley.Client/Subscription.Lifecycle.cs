using Parley.Client.Connections;
using Wire = Parley.Protocol.Centrifuge;

namespace Parley.Client;

/// <summary>What happens to the subscription; all holding the client's gate.</summary>
public sealed partial class Subscription
{
    private const uint FirstCodeToResubscribe = 2500;
    private const uint StateInvalidated = 2502;

    private readonly Backoff _backoff;
    private readonly OneShotTimer _retryTimer;
    private SubscriptionState _state;
    private TaskCompletionSource _ready = ParleyClient.NewReady();
    private UnsubscribedEventArgs? _ended; // at the last end
    private Connection? _asked; // where a subscribe waits for its reply
    private int _episode; // counts subscribes and unsubscribes, so that late answers are known as such

    /// <summary>Whether pushes of the channel are for this subscription.</summary>
    internal bool IsLive => _state == SubscriptionState.Subscribed;

    /// <summary>Subscribes over a connection, unless there is nothing to do or a token is needed first.</summary>
    internal void Send(Connection link)
    {
        if (_state != SubscriptionState.Subscribing || _asked == link) return;
        _retryTimer.Cancel();
        if (_token.Length == 0 && _options.GetToken is not null)
        {
            BeginTokenFetch();
            return;
        }

        var request = new Wire.SubscribeRequest
        {
            Channel = Channel,
            Token = _token,
            Data = _options.Data,
            Recoverable = _options.Recoverable,
            Positioned = _options.Positioned,
            JoinLeave = _options.JoinLeave,
            Recover = _recovery.IsRecoverable,
            Offset = _recovery.IsRecoverable ? _recovery.Offset : 0,
            Epoch = _recovery.IsRecoverable ? _recovery.Epoch : "",
        };
        _asked = link;
        var episode = _episode;
        link.Send(new Wire.Command { Subscribe = request }, (reply, failure) =>
        {
            if (_asked != link || _episode != episode) return;
            OnSubscribeReply(link, reply, failure);
        });
    }

    /// <summary>The connection is gone, or a new one did not come about.</summary>
    internal void LoseLink()
    {
        _asked = null;
        _retryTimer.Cancel();
        if (_state == SubscriptionState.Subscribed) MoveToSubscribing(SubscribingCodes.TransportClosed, "transport closed");
    }

    /// <summary>What the subscription knows is no longer true.</summary>
    internal void Invalidate()
    {
        if (_options.GetToken is not null) _token = "";
        _recovery.Invalidate();
    }

    /// <summary>Ends the subscription without telling the server.</summary>
    internal void End(uint code, string reason)
    {
        if (_state == SubscriptionState.Unsubscribed) return;
        var ready = _state == SubscriptionState.Subscribing ? _ready : null;
        LeaveSubscribed();
        _episode++;
        _asked = null;
        _retryTimer.Cancel();
        EndTokenFetch();
        _backoff.Reset();
        _state = SubscriptionState.Unsubscribed;
        _ready = ParleyClient.NewReady();
        var ended = _ended = new UnsubscribedEventArgs(code, reason);
        var failure = NewUnsubscribed();
        ready?.TrySetException(failure);
        var isOwnWish = code is UnsubscribedCodes.UnsubscribeCalled or UnsubscribedCodes.ClientClosed;
        Post(() =>
        {
            _client.Raise(Unsubscribed, this, ended);
            EndReaders(isOwnWish ? null : failure);
        });
    }

    internal void OnPush(Wire.Push push)
    {
        if (push.Pub is { } publication) OnPublication(publication);
        else if (push.Join?.Info is { } joined) Post(() => _client.Raise(Joined, this, joined.ToClientInfo()));
        else if (push.Leave?.Info is { } left) Post(() => _client.Raise(Left, this, left.ToClientInfo()));
        else if (push.Unsubscribe is { } unsubscribe) OnUnsubscribe(unsubscribe);
    }

    /// <summary>Ends the subscription and tells the server.</summary>
    private void Leave(uint code = UnsubscribedCodes.UnsubscribeCalled, string reason = "unsubscribe called")
    {
        var wasAsked = _asked ?? (_state == SubscriptionState.Subscribed ? _client.Link : null);
        End(code, reason);
        wasAsked?.Send(new Wire.Command { Unsubscribe = new() { Channel = Channel } }, (reply, failure) =>
        {
            // Otherwise nobody knows whether the server still sends.
            if (reply?.Error is not null || failure?.Code == ErrorCodes.Timeout) wasAsked.Close(CloseReason.UnsubscribeError);
        });
    }

    private void MoveToSubscribing(uint code, string reason)
    {
        if (_state == SubscriptionState.Subscribed) _ready = ParleyClient.NewReady();
        LeaveSubscribed();
        _state = SubscriptionState.Subscribing;
        Post(() => _client.Raise(Subscribing, this, new SubscribingEventArgs(code, reason)));
    }

    private void OnSubscribeReply(Connection link, Wire.Reply? reply, ParleyException? failure)
    {
        if (failure is null)
        {
            _asked = null;
            if (reply!.Subscribe is { } result) MoveToSubscribed(result);
            else link.Close(CloseReason.BadProtocol);
            return;
        }

        if (reply is null)
        {
            if (failure.Code == ErrorCodes.Timeout) link.Close(CloseReason.SubscribeTimeout);
            return; // the next connection asks again
        }

        _asked = null;
        var isExpired = failure.Code == ErrorCodes.TokenExpired && _options.GetToken is not null;
        if (isExpired) _token = "";
        if (isExpired || ParleyClient.IsRetriable(failure)) Retry(failure);
        else End(failure.Code, reply.Error!.Message);
    }

    private void MoveToSubscribed(Wire.SubscribeResult result)
    {
        _state = SubscriptionState.Subscribed;
        _backoff.Reset();
        _recovery.Begin(result.Recoverable, result.Offset, result.Epoch);
        ScheduleRefresh(result.Expires, result.Ttl);
        _ready.TrySetResult();
        var args = result.ToEventArgs();
        Post(() =>
        {
            _client.Raise(Subscribed, this, args);
            if (args is { WasRecovering: true, Recovered: false }) EndReaders(NewGap());
        });
        foreach (var publication in result.Publications ?? []) OnPublication(publication);
    }

    private void OnPublication(Wire.Publication message)
    {
        _recovery.Advance(message);
        var publication = message.ToPublication();
        _client.Post(() => DeliverAsync(publication));
    }

    private void OnUnsubscribe(Wire.Unsubscribe unsubscribe)
    {
        if (unsubscribe.Code < FirstCodeToResubscribe)
        {
            End(unsubscribe.Code, unsubscribe.Reason);
            return;
        }

        if (unsubscribe.Code == StateInvalidated) Invalidate();
        MoveToSubscribing(unsubscribe.Code, unsubscribe.Reason);
        SendLater();
    }

    private void Retry(ParleyException failure)
    {
        // First, so that whoever hears of the failure finds the next try arranged.
        SendLater();
        PostError(failure);
    }

    private void SendLater() => _retryTimer.Set(_backoff.Next(), () =>
    {
        if (_client.Link is { } link) Send(link);
    });

    private void LeaveSubscribed() => _refreshTimer.Cancel();

    private void Post(Action call) => _client.Post(call);

    private void PostError(ParleyException exception) => Post(() => _client.Raise(Error, this, new ErrorEventArgs(exception)));

    private static ParleyException NewGap() =>
        new(ErrorCodes.UnrecoverablePosition, "Publications were missed that the server no longer has. Load the state anew.");
}
