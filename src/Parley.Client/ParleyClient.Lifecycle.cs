using System.Diagnostics;
using Parley.Client.Connections;
using Parley.Client.Transports;

namespace Parley.Client;

public sealed partial class ParleyClient
{
    private ClientState _state;
    private TaskCompletionSource _ready = NewReady();
    private CancellationTokenSource? _run; // from connect to disconnect
    private Task _running = Task.CompletedTask;
    private CloseReason? _ended; // at the last disconnect
    private Connection? _connection; // accepted or not yet

    /// <summary>The connection, once the session was accepted; null before.</summary>
    internal Connection? Link => _state == ClientState.Connected ? _connection : null;

    /// <summary>
    /// Begins to connect, and stays connected until <see cref="Disconnect"/> or until the server refuses for good. Returns at once; nothing
    /// happens unless <see cref="State"/> is <see cref="ClientState.Disconnected"/>.
    /// </summary>
    public void Connect()
    {
        lock (Gate)
        {
            ThrowIfDisposed();
            if (_state != ClientState.Disconnected) return;
            var run = _run = new CancellationTokenSource();
            MoveToConnecting(ConnectingCodes.ConnectCalled, "connect called");
            var before = _running;
            using (ExecutionContext.SuppressFlow())
            {
                _running = Task.Run(async () =>
                {
                    await RunAsync(run).ConfigureAwait(false);
                    await before.ConfigureAwait(false); // may still be saying goodbye
                });
            }
        }
    }

    /// <summary>Ends the connection. Returns at once; subscriptions stay, and go on with the next <see cref="Connect"/>.</summary>
    public void Disconnect()
    {
        lock (Gate)
            MoveToDisconnected(new CloseReason(DisconnectedCodes.DisconnectCalled, "disconnect called", IsTerminal: true));
    }

    /// <summary>Waits until the client is connected.</summary>
    /// <param name="cancellationToken">Ends the wait, not the connecting.</param>
    /// <exception cref="ParleyException">
    /// The client is disconnected, or becomes so: with the code of <see cref="Disconnected"/> if it did not wish that itself, else
    /// <see cref="ErrorCodes.ClientDisconnected"/>.
    /// </exception>
    public async Task ReadyAsync(CancellationToken cancellationToken = default)
    {
        Task ready;
        lock (Gate)
        {
            if (_state == ClientState.Disconnected) throw NewDisconnected();
            ready = _ready.Task;
        }

        await ready.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task RunAsync(CancellationTokenSource run)
    {
        var backoff = NewBackoff();
        try
        {
            while (true)
            {
                // Without room for events the session would only be lost again.
                await _dispatcher.WaitForRoomAsync(static () => false, run.Token).ConfigureAwait(false);
                if (await PrepareTokenAsync(run).ConfigureAwait(false)) await ConnectInTurnAsync(run, backoff).ConfigureAwait(false);
                await Task.Delay(backoff.Next(), _options.TimeProvider, run.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (run.IsCancellationRequested)
        {
            // Disconnected.
        }
    }

    /// <summary>Tries transports until one gets an answer, and works on that until it ends.</summary>
    private async Task ConnectInTurnAsync(CancellationTokenSource run, Backoff backoff)
    {
        foreach (var kind in _picker.NextRound())
        {
            var connection = new Connection(
                kind, _transports.Create(kind), _transports.Codec, _options.TimeProvider, _options.Timeout, Gate);
            await using (connection.ConfigureAwait(false))
            {
                lock (Gate)
                {
                    run.Token.ThrowIfCancellationRequested();
                    _connection = connection;
                    SendConnect(connection);
                }

                var reason = await connection.RunAsync(OnReply, _dispatcher).ConfigureAwait(false);
                lock (Gate) EndConnection(run, connection, reason);
            }

            if (connection.IsAccepted)
            {
                // A server that accepts and then closes at once must not be asked as if all were well.
                if (_options.TimeProvider.GetElapsedTime(connection.AcceptedAt) > _options.Timeout) backoff.Reset();
                return;
            }

            if (connection.HasAnswered || connection.Fault is TransportRefusedException { IsOverload: true }) return;
        }

        _picker.Failed();
    }

    private void EndConnection(CancellationTokenSource run, Connection connection, CloseReason reason)
    {
        var isCurrent = _run == run; // else it was told to disconnect meanwhile
        if (isCurrent) _connection = null;
        connection.Fail(new ParleyException(ErrorCodes.ConnectionClosed, "The connection was lost.", isTemporary: true));
        if (!isCurrent) return;
        if (reason.IsTerminal)
        {
            MoveToDisconnected(reason);
            return;
        }

        ForgetWhatIsStale(reason);
        if (_state == ClientState.Connected)
        {
            MoveToConnecting(reason.Code, reason.Reason);
            return;
        }

        foreach (var subscription in _subscriptions.Values) subscription.LoseLink();
        if (connection.HasAnswered && !reason.IsFromServer) return; // was told by the reply
        PostError(new ParleyException(
            reason.IsFromServer ? reason.Code : ErrorCodes.TransportClosed,
            $"{connection.Kind} did not connect: {connection.Fault?.Message ?? reason.Reason}",
            isTemporary: true,
            connection.Fault));
    }

    private void MoveToConnecting(uint code, string reason)
    {
        if (_state == ClientState.Connected) _ready = NewReady();
        LeaveConnected();
        _state = ClientState.Connecting;
        Post(() => _dispatcher.Raise(Connecting, this, new ConnectingEventArgs(code, reason)));
        InterruptSubscriptions();
    }

    private void MoveToDisconnected(CloseReason reason)
    {
        if (_state == ClientState.Disconnected) return;
        var ready = _state == ClientState.Connected ? null : _ready;
        LeaveConnected();
        _state = ClientState.Disconnected;
        _ready = NewReady();
        _ = _run!.CancelAsync(); // elsewhere: the application may have registered for it
        _run = null;
        _picker.Forget();
        var connection = _connection;
        _connection = null;
        Post(() => _dispatcher.Raise(Disconnected, this, new DisconnectedEventArgs(reason.Code, reason.Reason)));
        InterruptSubscriptions();
        _ended = reason;
        var failure = NewDisconnected();
        ready?.TrySetException(failure);
        connection?.Fail(failure);
        connection?.Close(reason);
    }

    private void MoveToConnected(Connection connection)
    {
        Debug.Assert(_state == ClientState.Connecting, "A session is accepted once.");
        _state = ClientState.Connected;
        _picker.Worked(connection.Kind);
        _ready.TrySetResult();
    }

    private void LeaveConnected() => _refreshTimer.Cancel();

    private void InterruptSubscriptions()
    {
        foreach (var subscription in _subscriptions.Values) subscription.LoseLink();
        _serverSubscriptions.Interrupt();
    }

    internal static TaskCompletionSource NewReady()
    {
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        // Nobody may be waiting when it fails.
        _ = ready.Task.ContinueWith(static task => task.Exception, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously);
        return ready;
    }

    /// <summary>Why nothing can be sent: the server's reason, if it was the server that ended it.</summary>
    private ParleyException NewDisconnected() => _ended is { } reason && reason.Code != DisconnectedCodes.DisconnectCalled
        ? new ParleyException(reason.Code, reason.Reason)
        : new ParleyException(ErrorCodes.ClientDisconnected, "The client is disconnected.");
}
