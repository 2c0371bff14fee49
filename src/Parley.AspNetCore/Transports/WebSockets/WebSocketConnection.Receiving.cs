using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Parley.Sessions;

namespace Parley.AspNetCore.Transports.WebSockets;

internal sealed partial class WebSocketConnection
{
    private bool MayReceive => !_mustStop && !_sender.IsBroken;

    /// <summary>Serves a connection until it has ended: nothing touches its request after the task has completed.</summary>
    /// <param name="link">The link it was made with.</param>
    /// <param name="handler">The protocol.</param>
    public async Task RunAsync(PipeLink link, IProtocolHandler handler)
    {
        _handler = handler;
        var isLinkGone = true;
        Exception? failure = null;
        try
        {
            isLinkGone = await ReceiveAsync(link);
        }
        catch (Exception exception)
        {
            failure = exception;
        }

        await EndAsync(isLinkGone, failure);
    }

    /// <summary>Serves a connection that outlives its request, and counts it out when it has ended.</summary>
    /// <param name="handler">The protocol.</param>
    public void Begin(IProtocolHandler handler)
    {
        _handler = handler;
        OnInput();
    }

    /// <inheritdoc/>
    public void OnInput() => _ = ReceiveAndEndAsync((SocketLink)_link);

    /// <summary>Hands over what arrives until either side has ended the connection.</summary>
    /// <returns>True when the client's bytes ended without a close frame.</returns>
    private async Task<bool> ReceiveAsync(PipeLink link)
    {
        if (await link.StartAsync() is { } output) _sender.TryReplaceOutput(output);

        // An idle connection rests here, so this method keeps nothing across the wait.
        while (MayReceive)
        {
            var result = await link.ReadAsync();
            if (await TakeAsync(result)) return false;
            if (result.IsCompleted) return MayReceive;
        }

        return false;
    }

    private async Task ReceiveAndEndAsync(SocketLink link)
    {
        var goesOn = false;
        try
        {
            var isLinkGone = true;
            Exception? failure = null;
            try
            {
                if (await ReceiveAsync(link) is not { } isGone)
                {
                    // Nothing of the connection may be touched: the call that ends the wait can have come already, on another thread.
                    goesOn = true;
                    return;
                }

                isLinkGone = isGone;
            }
            catch (Exception exception)
            {
                failure = exception;
            }

            await EndAsync(isLinkGone, failure);
        }
        finally
        {
            if (!goesOn) _settings.Gate?.Leave();
        }
    }

    /// <summary>Hands over what has arrived. While a connection is idle no method waits: its socket calls.</summary>
    /// <returns>Null when it will call; else, whether the client's bytes ended without a close frame.</returns>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool?> ReceiveAsync(SocketLink link)
    {
        while (MayReceive)
        {
            if (link.TryRead(out var result))
            {
                if (await TakeAsync(result)) return false;
                if (result.IsCompleted) return MayReceive;
            }
            else if (link.TryWait(this))
            {
                return null;
            }
        }

        return false;
    }

    /// <summary>Ends a connection of which nothing more is received.</summary>
    /// <param name="isLinkGone">Whether the client's bytes ended without a close frame.</param>
    /// <param name="failure">Why nothing more is, if it is for a failure.</param>
    private async ValueTask EndAsync(bool isLinkGone, Exception? failure)
    {
        try
        {
            if (failure is not null) OnReceiveFailed(failure);
        }
        finally
        {
            // Also when it cannot be logged.
            await LetGoAsync(isLinkGone);
        }
    }

    private void OnReceiveFailed(Exception exception)
    {
        // The link, broken by the client, the network or our own cut. Faults of the handler are caught where it is called.
        if (exception is IOException or OperationCanceledException or ObjectDisposedException)
        {
            LogLinkBroken(_settings.Logger, exception);
            return;
        }

        _link.Abort();
        LogFailed(_settings.Logger, exception);
    }

    /// <summary>Works through one piece of input.</summary>
    /// <returns>True when the client sent its close frame.</returns>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> TakeAsync(ReadResult result)
    {
        var rest = result.Buffer;
        var isClosed = false;
        FlushBatch.Begin(); // what comes of all that came together goes out together
        try
        {
            while (!isClosed)
            {
                if (_sender.IsFinished && !_reader.IsDiscarding)
                {
                    _reader.Discard();
                    CloseHandler();
                }

                if (!_reader.TryRead(ref rest, out var found)) break;

                switch (found.Kind)
                {
                    case WebSocketEventKind.Message:
                        var handling = HandleAsync(found.Payload);
                        if (!handling.IsCompletedSuccessfully)
                        {
                            try
                            {
                                FlushBatch.End();
                                await handling;
                            }
                            finally
                            {
                                FlushBatch.Begin();
                            }
                        }

                        break;
                    case WebSocketEventKind.Ping:
                        // A client that sends pings and reads nothing gets no pong when the queue is full.
                        _sender.TryEnqueue(WebSocketFrameWriter.Create(WebSocketOpcode.Pong, found.Payload.Span));
                        break;
                    case WebSocketEventKind.Pong:
                        HandlePong();
                        break;
                    case WebSocketEventKind.Close:
                        // Does nothing when this is the answer to our own.
                        Finish(WebSocketFrameWriter.Close(found.Code, ""), dropQueued: true);
                        isClosed = true;
                        break;
                    case WebSocketEventKind.Fault:
                        LogFault(_settings.Logger, found.Code, found.Reason);
                        Finish(WebSocketFrameWriter.Close(found.Code, found.Reason), dropQueued: false);
                        CloseHandler();
                        break;
                }
            }
        }
        finally
        {
            _reader.ReleaseMessage();
            FlushBatch.End();
        }

        _link.Keep(rest);
        return isClosed;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask HandleAsync(ReadOnlyMemory<byte> message)
    {
        try
        {
            await _handler!.ReceiveAsync(message);
        }
        catch (Exception exception)
        {
            LogHandlerFailed(_settings.Logger, exception);
            Close(DisconnectReason.ServerError);
        }
    }

    private void HandlePong()
    {
        try
        {
            _handler!.OnPong();
        }
        catch (Exception exception)
        {
            LogHandlerFailed(_settings.Logger, exception);
            Close(DisconnectReason.ServerError);
        }
    }

    private void CloseHandler()
    {
        if (_isHandlerClosed) return;

        _isHandlerClosed = true;
        try
        {
            _handler!.OnClosed();
        }
        catch (Exception exception)
        {
            LogHandlerFailed(_settings.Logger, exception);
        }
    }
}
