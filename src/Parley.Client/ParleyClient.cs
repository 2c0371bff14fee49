using Parley.Client.Connections;
using Parley.Client.Dispatch;
using Parley.Client.Subscriptions;
using Parley.Client.Transports;

namespace Parley.Client;

/// <summary>A session with a Parley server, or another one that speaks the Centrifuge protocol v2, that survives its connections.</summary>
/// <remarks>
/// <para>Thread-safe. One client is one connection for any number of channels; an application usually has one.</para>
/// <para>
/// Handlers of events, of the client and of its subscriptions, are called one after the other on the thread pool, in the order in which things
/// happened, and while no lock is held: they may call any member. A handler that throws is reported by <see cref="Error"/>, and the
/// others go on. Token callbacks are called on the thread pool too, but beside the handlers.
/// </para>
/// <para>
/// An application that is slower than its channels: when 1,024 events wait for their handlers (or for readers of
/// <see cref="Subscription.ReadAllAsync"/>), the client reads no more from the connection, except that it reads on while a call of the
/// application waits for a reply, up to 16,384 events. The server keeps what does not get through, 1 MiB by default, and then closes the
/// connection as slow (3008), or because no pong came (3012). The client comes back as soon as there is room, and recovers what it
/// missed in recoverable subscriptions, or tells that it cannot.
/// </para>
/// </remarks>
public sealed partial class ParleyClient : IAsyncDisposable
{
    private readonly ParleyClientOptions _options;
    private readonly TransportSettings _transports;
    private readonly TransportPicker _picker;
    private readonly EventDispatcher _dispatcher;
    private readonly ServerSubscriptions _serverSubscriptions;
    private readonly Dictionary<string, Subscription> _subscriptions = [];
    private readonly Random _random;
    private bool _isDisposed;

    /// <summary>Makes a client, which does nothing before <see cref="Connect"/>.</summary>
    /// <param name="address">
    /// Of the server, as <c>https://example.org</c>; the endpoints are <c>connection/websocket</c> and so on below it. The address of an
    /// endpoint, as <c>wss://example.org/connection/websocket</c>, means the same, and names another folder than <c>connection</c>
    /// where there is one. A query goes with every request.
    /// </param>
    /// <param name="options">Null: the defaults.</param>
    /// <exception cref="ArgumentException">The address or an option cannot be used; the message says which.</exception>
    public ParleyClient(Uri address, ParleyClientOptions? options = null)
        : this(address, options ?? new ParleyClientOptions(), Random.Shared)
    {
    }

    internal ParleyClient(Uri address, ParleyClientOptions options, Random random)
    {
        ArgumentNullException.ThrowIfNull(address);
        OptionsCheck.ThrowIfWrong(options);
        _options = options;
        _random = random;
        _transports = new TransportSettings(address, options, NewBackoff);
        _picker = new TransportPicker(OptionsCheck.UsableTransports(options), options.TimeProvider);
        _dispatcher = new EventDispatcher(RaiseHandlerFault);
        _serverSubscriptions = new ServerSubscriptions(this);
        _token = options.Token;
        _refreshTimer = new OneShotTimer(options.TimeProvider, Gate);
    }

    /// <summary>The client began to connect, or lost its connection and will be back by itself.</summary>
    public event EventHandler<ConnectingEventArgs>? Connecting;

    /// <summary>The server accepted the session.</summary>
    public event EventHandler<ConnectedEventArgs>? Connected;

    /// <summary>The client gave up: it connects again only when told to.</summary>
    public event EventHandler<DisconnectedEventArgs>? Disconnected;

    /// <summary>Something failed that the client goes on from by itself, such as an attempt to connect; or a handler threw.</summary>
    public event EventHandler<ErrorEventArgs>? Error;

    /// <summary>The server sent a message that belongs to no channel.</summary>
    public event EventHandler<MessageEventArgs>? MessageReceived;

    /// <summary>A server-side subscription was interrupted with the connection.</summary>
    public event EventHandler<ServerSubscribingEventArgs>? ServerSubscribing;

    /// <summary>The server subscribed this session to a channel, also again after a reconnect.</summary>
    public event EventHandler<ServerSubscribedEventArgs>? ServerSubscribed;

    /// <summary>The server ended its subscription, or gave it no more after a reconnect.</summary>
    public event EventHandler<ServerUnsubscribedEventArgs>? ServerUnsubscribed;

    /// <summary>A publication of a server-side subscription.</summary>
    public event EventHandler<ServerPublicationEventArgs>? ServerPublicationReceived;

    /// <summary>A client came to the channel of a server-side subscription.</summary>
    public event EventHandler<ServerPresenceEventArgs>? ServerJoined;

    /// <summary>A client left the channel of a server-side subscription.</summary>
    public event EventHandler<ServerPresenceEventArgs>? ServerLeft;

    /// <summary>As it is now; handlers may still be hearing about what was before.</summary>
    public ClientState State
    {
        get
        {
            lock (Gate) return _state;
        }
    }

    /// <summary>The subscriptions that exist, by channel, as they are now.</summary>
    public IReadOnlyDictionary<string, Subscription> Subscriptions
    {
        get
        {
            lock (Gate) return new Dictionary<string, Subscription>(_subscriptions);
        }
    }

    /// <summary>All that the client and its subscriptions know is guarded by it. Nothing of the application is called under it.</summary>
    internal Lock Gate { get; } = new();

    internal ParleyClientOptions Options => _options;

    /// <summary>Makes a subscription, which does nothing before <see cref="Subscription.Subscribe"/>.</summary>
    /// <param name="channel">1 to 255 bytes of UTF-8.</param>
    /// <param name="options">Null: the defaults.</param>
    /// <exception cref="InvalidOperationException">There is one for the channel: get or remove it.</exception>
    public Subscription NewSubscription(string channel, SubscriptionOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(channel);
        options ??= new SubscriptionOptions();
        OptionsCheck.ThrowIfNoPayload(options.Data, _options.Format, nameof(options));
        lock (Gate)
        {
            ThrowIfDisposed();
            var subscription = new Subscription(this, channel, options);
            return _subscriptions.TryAdd(channel, subscription)
                ? subscription
                : throw new InvalidOperationException($"There is a subscription to {channel} already.");
        }
    }

    /// <summary>The subscription to a channel; null when there is none.</summary>
    public Subscription? GetSubscription(string channel)
    {
        ArgumentNullException.ThrowIfNull(channel);
        lock (Gate) return _subscriptions.GetValueOrDefault(channel);
    }

    /// <summary>Unsubscribes and forgets a subscription, which cannot be used any more. Nothing happens when it is not this client's.</summary>
    public void RemoveSubscription(Subscription subscription)
    {
        ArgumentNullException.ThrowIfNull(subscription);
        lock (Gate)
        {
            if (_subscriptions.GetValueOrDefault(subscription.Channel) != subscription) return;
            subscription.Remove();
            _subscriptions.Remove(subscription.Channel);
        }
    }

    /// <summary>
    /// Disconnects and unsubscribes for good, and waits until the handlers have been told. Called by a handler, it does not wait for
    /// handlers. Readers end.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        Task running;
        lock (Gate)
        {
            if (_isDisposed) return;
            _isDisposed = true;
            MoveToDisconnected(new CloseReason(DisconnectedCodes.DisconnectCalled, "disconnect called", IsTerminal: true));
            foreach (var subscription in _subscriptions.Values) subscription.End(UnsubscribedCodes.ClientClosed, "client closed");
            running = _running;
        }

        var isInside = _dispatcher.IsInside;
        var dispatched = _dispatcher.CompleteAsync();
        await running.ConfigureAwait(false);
        _transports.Dispose();
        if (!isInside) await dispatched.ConfigureAwait(false);
    }

    internal void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(_isDisposed, this);

    internal void Raise<T>(EventHandler<T>? handlers, object sender, T args) => _dispatcher.Raise(handlers, sender, args);

    internal void Post(Action call) => _dispatcher.Post(call);

    internal void Post(Func<ValueTask> call) => _dispatcher.Post(call);

    internal void PostError(ParleyException exception) => Post(() => _dispatcher.Raise(Error, this, new ErrorEventArgs(exception)));

    internal Backoff NewBackoff() => new(_options.MinReconnectDelay, _options.MaxReconnectDelay, _random);

    private void RaiseHandlerFault(Exception exception)
    {
        try
        {
            Error?.Invoke(this, new ErrorEventArgs(new ParleyException(ErrorCodes.HandlerFailed, "A handler threw.", innerException: exception)));
        }
#pragma warning disable CA1031 // There is nobody left to tell.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }
}
