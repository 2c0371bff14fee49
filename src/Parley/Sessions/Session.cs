using Parley.Diagnostics;
using Parley.Nodes;
using Parley.Timing;

namespace Parley.Sessions;

/// <summary>One authenticated client on a connection: user, subscriptions, expiry.</summary>
/// <remarks>
/// Thread-safe. The object is its own lock, as there are many of them, and the lock is a leaf: nothing else is locked and nobody is called
/// while it is held, but to enqueue a frame.
/// </remarks>
internal sealed partial class Session : TimerWheelEntry
{
    private readonly Node _node;
    private readonly IConnection _connection;
    private readonly Frame _ping;
    private readonly string _remote;
    private readonly PongRule _pongs;
    private SubscriptionTable _subscriptions;

    // Replaced as a whole, so that it can be read without the lock.
    private volatile ClientInfo _info;
    private volatile SessionState _state;

    /// <param name="node">The node it lives on.</param>
    /// <param name="connection">Where its frames go.</param>
    /// <param name="format">How its pushes are written.</param>
    /// <param name="ping">What a ping looks like.</param>
    /// <param name="remote">Where the client comes from, for logs.</param>
    /// <param name="pongs">How the client answers pings.</param>
    public Session(Node node, IConnection connection, WireFormat format, Frame ping, string remote, PongRule pongs = PongRule.Asked)
    {
        _remote = remote;
        _info = new ClientInfo("", Id);
        _node = node;
        _connection = connection;
        _ping = ping;
        _pongs = pongs;
        Format = format;
        _staleDue = node.DueIn(node.Clients.StaleTimeout);
        node.Wheel.Schedule(this, node.Clients.StaleTimeout);
    }

    /// <summary>Client id, made by the server.</summary>
    public string Id { get; } = Guid.NewGuid().ToString();

    /// <summary>User id; empty for an anonymous one, and before connect.</summary>
    public string User { get; private set; } = "";

    public WireFormat Format { get; }

    public bool IsConnected => _state == SessionState.Connected;

    /// <summary>Whether connect was answered with an error: nothing more is taken, and the client has a moment to close.</summary>
    public bool WasRefused => _state == SessionState.Refused;

    public bool HasEnded => _state == SessionState.Ended;

    public int SubscriptionCount
    {
        get
        {
            lock (this)
                return _subscriptions.Count;
        }
    }

    /// <inheritdoc cref="IConnection.QueuedBytes"/>
    public long QueuedBytes => _connection.QueuedBytes;

    /// <remarks>
    /// Equality stays that of references. The runtime's hash would take the room in the object that its lock has, and give that an object.
    /// </remarks>
    public override int GetHashCode() => Id.GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc cref="Hubs.Hub.NameOf"/>
    public string NameOf(string channel) => _node.Hub.NameOf(channel);

    /// <summary>How others see this client, with what a subscription adds; one object serves all that add nothing.</summary>
    private ClientInfo InfoWith(ReadOnlyMemory<byte> channelInfo) =>
        channelInfo.IsEmpty ? _info : _info with { ChannelInfo = channelInfo };

    /// <summary>Sends a frame after all earlier ones; a session whose queue is full is closed as slow.</summary>
    public void Send(Frame frame)
    {
        // Whoever ended it may not have closed the connection yet, and a frame that finds room again must not follow one that did not.
        if (HasEnded)
            return;
        if (!_connection.TryEnqueue(frame))
            Disconnect(DisconnectReason.Slow);
    }

    /// <summary>Sends a publication's frame; null means that it cannot be said in this session's protocol.</summary>
    public void Send(Frame? frame)
    {
        if (frame is { } said)
            Send(said);
        else
            Disconnect(DisconnectReason.InappropriateProtocol);
    }

    /// <summary>Ends the session from the server's side. Only the first call counts.</summary>
    /// <remarks>May be called under the lock of a channel: leaving the channels happens on another thread.</remarks>
    public void Disconnect(DisconnectReason reason)
    {
        if (!TryEnd())
            return;
        _connection.Close(reason);
        _node.Metrics.Disconnected(reason.Code);
        LogDisconnected(_node.Logger, Id, LogText.Clean(User), _remote, reason.Code, reason.Reason);
        ThreadPool.UnsafeQueueUserWorkItem(static session => session.LeaveAll(), this, preferLocal: false);
    }

    /// <summary>The connection is gone.</summary>
    public void OnClosed()
    {
        if (!TryEnd())
            return;
        LogClosed(_node.Logger, Id, LogText.Clean(User));
        LeaveAll();
    }

    private bool TryEnd()
    {
        lock (this)
        {
            if (_state == SessionState.Ended)
                return false;
            _state = SessionState.Ended;
        }

        _node.Wheel.Cancel(this);
        return true;
    }

    private async void LeaveAll()
    {
        _node.Hub.Sessions.Remove(this);
        Subscription[] subscriptions;
        lock (this)
        {
            subscriptions = _subscriptions.ToArray();
            _subscriptions.Clear();
        }

        foreach (var subscription in subscriptions)
            await EndAsync(subscription);
    }

    private enum SessionState
    {
        New,
        Connecting,
        Refused,
        Answered,
        Connected,
        Ended,
    }
}
