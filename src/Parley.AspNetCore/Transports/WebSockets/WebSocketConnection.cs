using Parley.AspNetCore.Transports.Sending;
using Parley.Sessions;

namespace Parley.AspNetCore.Transports.WebSockets;

/// <summary>A WebSocket with framing of our own.</summary>
/// <remarks>
/// What comes in is taken by one receive loop, or, from a socket of our own, when the socket calls; a <see cref="FrameSender"/> sends what goes
/// out. An idle connection holds no timer, queue or buffer, and no task but that loop.
/// </remarks>
internal sealed partial class WebSocketConnection : IConnection, ILink, IInputHandler
{
    private readonly WebSocketSettings _settings;
    private readonly WebSocketLink _link;
    private readonly FrameSender _sender;
    private WebSocketFrameReader _reader;
    private IProtocolHandler? _handler;
    private bool _isHandlerClosed;
    private volatile bool _mustStop;
    private CloseDeadline? _deadline;

    public WebSocketConnection(WebSocketLink link, WebSocketSettings settings)
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

    /// <summary>Closes the protocol, sends what the client still takes, and gives everything back.</summary>
    private async ValueTask LetGoAsync(bool isLinkGone)
    {
        _reader.Dispose();
        CloseHandler();

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

    /// <summary>Enqueues the last frame, and gives the client a limited time to take it and to answer.</summary>
    private bool Finish(Frame last, bool dropQueued)
    {
        if (!_sender.TryFinish(last, dropQueued)) return false;

        var deadline = new CloseDeadline(this);
        if (Interlocked.CompareExchange(ref _deadline, deadline, null) is null)
            _settings.Timers.Schedule(deadline, _settings.CloseTimeout);
        return true;
    }

    // Whoever receives sees it and ends.
    void ILink.OnBroken() => _link.Wake();

    void ILink.Cut()
    {
        LogNoAnswer(_settings.Logger);
        _mustStop = true;
        _link.Abort();
        _sender.CancelPendingFlush();
        _link.Wake();
    }

    private void StopReceiving()
    {
        _mustStop = true;
        _link.Wake();
    }
}
