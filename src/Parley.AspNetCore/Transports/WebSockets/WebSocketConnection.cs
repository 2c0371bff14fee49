using Parley.AspNetCore.Transports.Sending;
using Parley.Sessions;

namespace Parley.AspNetCore.Transports.WebSockets;

/// <summary>A WebSocket with framing of our own over pipes.</summary>
/// <remarks>
/// One receive loop takes what comes in, a <see cref="FrameSender"/> sends what goes out. An idle
/// connection holds no task but that loop, and no timer, queue or buffer.
/// </remarks>
internal sealed partial class WebSocketConnection : IConnection, ILink
{
    private readonly WebSocketSettings _settings;
    private readonly WebSocketLink _link;
    private readonly FrameSender _sender;
    private WebSocketFrameReader _reader;
    private bool _isHandlerClosed;
    private volatile bool _mustStop;
    private CloseDeadline? _deadline;

    public WebSocketConnection(in WebSocketLink link, WebSocketSettings settings)
    {
        _settings = settings;
        _link = link;
        _sender = new FrameSender(this, link.CreateOutput(), settings.MaxQueuedBytes);
        _reader = new WebSocketFrameReader(settings.MaxMessageBytes, settings.Pool);
    }

    public string Transport => "websocket";

    public long QueuedBytes => _sender.QueuedBytes;

    public bool TryEnqueue(Frame frame) => _sender.TryEnqueue(frame);

    public void EnqueueFirst(Frame frame) => _sender.EnqueueFirst(frame);

    public Task DrainAsync() => _sender.DrainAsync();

    /// <inheritdoc/>
    /// <remarks>
    /// The code and reason go into a close frame; <see cref="DisconnectReason.ConnectionClosed"/> closes without one. A code that
    /// may not stand in a close frame is sent as that of <see cref="DisconnectReason.ServerError"/>.
    /// </remarks>
    public void Close(DisconnectReason reason)
    {
        if (reason.Code == DisconnectReason.ConnectionClosed.Code)
        {
            // There will be no answer to wait for. The loop may run on this thread's stack or under the caller's locks otherwise.
            if (Finish(default, dropQueued: false))
                ThreadPool.UnsafeQueueUserWorkItem(static connection => connection.StopReceiving(), this, preferLocal: false);
            return;
        }

        var code = reason.Code is >= 3000 and <= 4999 ? reason.Code : DisconnectReason.ServerError.Code;
        Finish(WebSocketFrameWriter.Close((ushort)code, reason.Reason), dropQueued: reason.Code == DisconnectReason.Slow.Code);
    }

    /// <summary>Serves the connection until it has ended: nothing touches the request after the task has completed.</summary>
    /// <param name="handler">The protocol.</param>
    /// <param name="gate">Where the connection is counted out when it has ended; null: the caller does it.</param>
    public async Task RunAsync(IProtocolHandler handler, ConnectionGate? gate = null)
    {
        try
        {
            var isLinkGone = true;
            try
            {
                isLinkGone = await ReceiveAsync(handler);
            }
            catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException)
            {
                // The link, broken by the client, the network or our own cut. Faults of the handler are caught where it is called.
                LogLinkBroken(_settings.Logger, exception);
            }
            catch (Exception exception)
            {
                LogFailed(_settings.Logger, exception);
                _link.Abort();
            }

            _reader.Dispose();
            CloseHandler(handler);

            var isUnfinished = _sender.TryFinish(default, dropQueued: true);
            var drained = _sender.DrainAsync();
            // What the pipe still holds has no reader when the client left without a close frame, and when the pipe broke.
            if (isLinkGone ? isUnfinished && !drained.IsCompleted : _sender.IsBroken)
                _link.Abort();
            await drained;

            if (Interlocked.Exchange(ref _deadline, CloseDeadline.None) is { } deadline)
            {
                _settings.Timers.Cancel(deadline);
                await deadline.DisarmAsync();
            }

            await _link.CompleteAsync();
        }
        finally
        {
            gate?.Leave();
        }
    }

    /// <summary>Enqueues the last frame, and gives the client a limited time to take it and to answer.</summary>
    private bool Finish(Frame last, bool dropQueued)
    {
        if (!_sender.TryFinish(last, dropQueued)) return false;

        var deadline = new CloseDeadline(this);
        if (Interlocked.CompareExchange(ref _deadline, deadline, null) is null)
            _settings.Timers.Schedule(deadline, _settings.CloseTimeout);
        return true;
    }

    // The receive loop sees it and ends.
    void ILink.OnBroken() => _link.Input.CancelPendingRead();

    void ILink.Cut()
    {
        LogNoAnswer(_settings.Logger);
        _mustStop = true;
        _link.Abort();
        _sender.CancelPendingFlush();
        _link.Input.CancelPendingRead();
    }

    private void StopReceiving()
    {
        _mustStop = true;
        _link.Input.CancelPendingRead();
    }
}
