using Parley.Client.Dispatch;
using Parley.Client.Transports;
using Parley.Protocol.Centrifuge;

namespace Parley.Client.Connections;

/// <summary>One link to a server, from the first frame to its end.</summary>
/// <remarks>Unless said otherwise members are used holding the gate of the client.</remarks>
internal sealed class Connection(
    ClientTransport kind, IClientTransport transport, CentrifugeCodec codec, TimeProvider time, TimeSpan timeout, Lock gate)
    : IAsyncDisposable
{
    /// <summary>For a goodbye, when the client is told to leave.</summary>
    private static readonly TimeSpan GoodbyeLimit = TimeSpan.FromSeconds(1);

    private readonly PendingCommands _pending = new(time, timeout, gate);
    private readonly Outbox _outbox = new(codec);
    private readonly PingWatch _pings = new(time, gate);
    private readonly TaskCompletionSource<CloseReason> _closing = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private EventDispatcher? _dispatcher;

    public ClientTransport Kind => kind;

    /// <summary>Whether the other end has shown that it speaks the protocol.</summary>
    public bool HasAnswered { get; private set; }

    /// <summary>Whether the session was accepted.</summary>
    public bool IsAccepted { get; private set; }

    /// <summary>When the session was accepted.</summary>
    public long AcceptedAt { get; private set; }

    /// <summary>What broke it; null when it was closed.</summary>
    public Exception? Fault { get; private set; }

    /// <summary>Sends a command and sees to its reply.</summary>
    public void Send(Command command, ReplyHandler onReply)
    {
        command.Id = _pending.Add(onReply);
        _outbox.TryAdd(command);
        _dispatcher?.Wake(); // the reply may be behind others that nobody reads
    }

    /// <summary>Sends a command that has no reply.</summary>
    public bool TrySend(Command command, TaskCompletionSource? sent = null) => _outbox.TryAdd(command, sent);

    /// <summary>The server accepted the session.</summary>
    public void Accept(ConnectResult result, TimeSpan maxPingDelay)
    {
        IsAccepted = true;
        AcceptedAt = time.GetTimestamp();
        transport.Accept(result.Session, result.Node);
        if (result.Ping > 0)
            _pings.Begin(TimeSpan.FromSeconds(result.Ping) + maxPingDelay, result.Pong, () => Close(CloseReason.NoPing));
    }

    /// <summary>The server pinged.</summary>
    public void AnswerPing()
    {
        if (_pings.IsAnswerWanted) TrySend(new Command());
    }

    /// <summary>Says what broke it, if nothing has yet.</summary>
    public void Blame(Exception fault) => Fault ??= fault;

    /// <summary>Ends the connection; the first reason counts. Needs no gate.</summary>
    public void Close(CloseReason reason) => _closing.TrySetResult(reason);

    /// <summary>Whoever waits for a reply waits no longer.</summary>
    public void Fail(ParleyException failure)
    {
        _pings.End();
        _pending.FailAll(failure);
        _outbox.Fail(failure);
    }

    /// <summary>Opens the link with what was sent so far and works until it ends. Without the gate.</summary>
    /// <param name="onReply">Gets each reply and push that is not an answer to <see cref="Send"/>, holding the gate.</param>
    /// <param name="dispatcher">Nothing is read while the application is too far behind.</param>
    /// <returns>Why it ended.</returns>
    public async Task<CloseReason> RunAsync(Action<Connection, Reply> onReply, EventDispatcher dispatcher)
    {
        _dispatcher = dispatcher;
        using var stop = new CancellationTokenSource();
        var working = WorkAsync(onReply, dispatcher, stop.Token);
        await Task.WhenAny(working, _closing.Task).ConfigureAwait(false);
        if (!working.IsCompleted && _closing.Task.Result != CloseReason.NoPing) await SayGoodbyeAsync(working).ConfigureAwait(false);
        await stop.CancelAsync().ConfigureAwait(false);
        var reason = await working.ConfigureAwait(false);
        return _closing.Task.IsCompleted ? _closing.Task.Result : reason;
    }

    public ValueTask DisposeAsync() => transport.DisposeAsync();

    private async Task<CloseReason> WorkAsync(Action<Connection, Reply> onReply, EventDispatcher dispatcher, CancellationToken stop)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var writing = Task.CompletedTask;
        try
        {
            await OpenAsync(over.Token).ConfigureAwait(false);
            writing = WriteAsync(over.Token);
            await ReadAsync(onReply, dispatcher, over.Token).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Transports break in many ways, all of which end the connection.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Blame(exception);
        }

        await over.CancelAsync().ConfigureAwait(false);
        await writing.ConfigureAwait(false);
        if (transport.Closed is not { } closed) return Fault is InvalidDataException ? CloseReason.BadProtocol : CloseReason.TransportClosed;
        if (closed.IsFromServer) HasAnswered = true;
        return closed;
    }

    private async Task OpenAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            await transport.OpenAsync(_outbox.TakeFrame(), either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (limit.IsCancellationRequested)
        {
            throw new TimeoutException($"The transport did not open within {timeout}.", exception);
        }

        _outbox.MarkSent();
    }

    private async Task ReadAsync(Action<Connection, Reply> onReply, EventDispatcher dispatcher, CancellationToken cancellationToken)
    {
        while (await transport.ReceiveAsync(cancellationToken).ConfigureAwait(false) is { } frame)
        {
            HasAnswered = true;
            lock (gate)
            {
                _pings.NoteTraffic();
                Read(frame, onReply);
            }

            if (dispatcher.Waiting < EventDispatcher.Limit) continue;
            // A server that is not listened to is not silent.
            lock (gate) _pings.Pause();
            await dispatcher.WaitForRoomAsync(() => _pending.Any, cancellationToken).ConfigureAwait(false);
            lock (gate) _pings.Resume();
        }
    }

    private void Read(ReadOnlyMemory<byte> frame, Action<Connection, Reply> onReply)
    {
        while (true)
        {
            switch (codec.ReadReply(ref frame, out var reply))
            {
                case ReplyStatus.End: return;
                case ReplyStatus.Invalid: throw new InvalidDataException("The server sent what is not a reply.");
            }

            if (reply!.Id != 0) _pending.Complete(reply);
            else onReply(this, reply);
        }
    }

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (await _outbox.WaitAsync(cancellationToken).ConfigureAwait(false))
            {
                await transport.SendAsync(_outbox.TakeFrame(), cancellationToken).ConfigureAwait(false);
                _outbox.MarkSent();
            }
        }
#pragma warning disable CA1031 // Transports break in many ways, all of which end the connection.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            if (cancellationToken.IsCancellationRequested) return;
            Blame(exception);
            // A server that closes says why, behind what it has sent: reading finds it, or the end.
            await Task.WhenAny(_closing.Task, Task.Delay(GoodbyeLimit, cancellationToken)).ConfigureAwait(false);
            if (!cancellationToken.IsCancellationRequested) Close(CloseReason.TransportClosed);
        }
    }

    private async Task SayGoodbyeAsync(Task working)
    {
        using var limit = new CancellationTokenSource(GoodbyeLimit);
        try
        {
            if (await transport.CloseAsync(limit.Token).ConfigureAwait(false)) await working.WaitAsync(limit.Token).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // It is over in any case.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }
}
