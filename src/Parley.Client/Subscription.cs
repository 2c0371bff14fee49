using Parley.Client.Connections;
using Parley.Client.Subscriptions;

namespace Parley.Client;

/// <summary>The interest of a client in one channel, which survives connections. Made by <see cref="ParleyClient.NewSubscription"/>.</summary>
/// <remarks>
/// Thread-safe. Handlers are called as those of <see cref="ParleyClient"/>, in one order with them. The position in a recoverable channel is
/// kept as long as the subscription exists, also over <see cref="Unsubscribe"/> and <see cref="ParleyClient.Disconnect"/>.
/// </remarks>
public sealed partial class Subscription
{
    private readonly ParleyClient _client;
    private readonly SubscriptionOptions _options;
    private readonly RecoveryState _recovery = new();
    private bool _isRemoved;

    internal Subscription(ParleyClient client, string channel, SubscriptionOptions options)
    {
        _client = client;
        _options = options;
        Channel = channel;
        _token = options.Token;
        _backoff = client.NewBackoff();
        _retryTimer = new OneShotTimer(client.Options.TimeProvider, client.Gate);
        _refreshTimer = new OneShotTimer(client.Options.TimeProvider, client.Gate);
        if (options.Since is { } since) _recovery.StartFrom(since);
    }

    /// <summary>The subscription began, or was interrupted and will be back by itself.</summary>
    public event EventHandler<SubscribingEventArgs>? Subscribing;

    /// <summary>The subscription is live, at first and after each interruption. Publications that were missed follow.</summary>
    public event EventHandler<SubscribedEventArgs>? Subscribed;

    /// <summary>The subscription ended: it begins again only when told to.</summary>
    public event EventHandler<UnsubscribedEventArgs>? Unsubscribed;

    /// <summary>A publication, in the order of the channel.</summary>
    public event EventHandler<Publication>? PublicationReceived;

    /// <summary>A client came to the channel; see <see cref="SubscriptionOptions.JoinLeave"/>.</summary>
    public event EventHandler<ClientInfo>? Joined;

    /// <summary>A client left the channel; see <see cref="SubscriptionOptions.JoinLeave"/>.</summary>
    public event EventHandler<ClientInfo>? Left;

    /// <summary>Something failed that the subscription goes on from by itself.</summary>
    public event EventHandler<ErrorEventArgs>? Error;

    /// <summary>Name of the channel.</summary>
    public string Channel { get; }

    /// <summary>As it is now; handlers may still be hearing about what was before.</summary>
    public SubscriptionState State
    {
        get
        {
            lock (_client.Gate) return _state;
        }
    }

    /// <summary>
    /// Behind the last publication that arrived; null while the channel tells no position. Stored together with what the publications
    /// led to, it lets another subscription go on from there: <see cref="SubscriptionOptions.Since"/>. Handlers may still be hearing
    /// about earlier publications: a position that is exact for one is in <see cref="Publication.Offset"/>.
    /// </summary>
    public StreamPosition? Position
    {
        get
        {
            lock (_client.Gate) return _recovery.Epoch.Length > 0 ? new StreamPosition(_recovery.Offset, _recovery.Epoch) : null;
        }
    }

    /// <summary>
    /// Begins to subscribe, and stays subscribed until <see cref="Unsubscribe"/> or until the server refuses for good. Returns at once;
    /// nothing happens unless <see cref="State"/> is <see cref="SubscriptionState.Unsubscribed"/>.
    /// </summary>
    /// <exception cref="InvalidOperationException">The subscription was removed from its client.</exception>
    /// <exception cref="ObjectDisposedException">The client was disposed.</exception>
    public void Subscribe()
    {
        lock (_client.Gate)
        {
            _client.ThrowIfDisposed();
            if (_isRemoved) throw new InvalidOperationException($"The subscription to {Channel} was removed from its client.");
            if (_state != SubscriptionState.Unsubscribed) return;
            MoveToSubscribing(SubscribingCodes.SubscribeCalled, "subscribe called");
            if (_client.Link is { } link) Send(link);
        }
    }

    /// <summary>Ends the subscription. Returns at once, and no publication arrives from then on, except those that wait for a handler.</summary>
    public void Unsubscribe()
    {
        lock (_client.Gate) Leave();
    }

    /// <summary>Waits until the subscription is live.</summary>
    /// <param name="cancellationToken">Ends the wait, not the subscribing.</param>
    /// <exception cref="ParleyException">
    /// It is unsubscribed, or becomes so: with the code of <see cref="Unsubscribed"/> if it was not wished, else
    /// <see cref="ErrorCodes.Unsubscribed"/>.
    /// </exception>
    public async Task ReadyAsync(CancellationToken cancellationToken = default)
    {
        Task ready;
        lock (_client.Gate)
        {
            if (_state == SubscriptionState.Unsubscribed) throw NewUnsubscribed();
            ready = _ready.Task;
        }

        await ready.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    internal void Remove()
    {
        Leave();
        _isRemoved = true;
    }

    /// <summary>Why there is no subscription: the server's reason, if it was the server that ended it.</summary>
    private ParleyException NewUnsubscribed() => _ended is { } reason && reason.Code != UnsubscribedCodes.UnsubscribeCalled
        ? new ParleyException(reason.Code, reason.Reason)
        : new ParleyException(ErrorCodes.Unsubscribed, "The subscription is unsubscribed.");
}
