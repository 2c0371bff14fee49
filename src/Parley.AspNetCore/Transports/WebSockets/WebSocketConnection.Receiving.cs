using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Parley.AspNetCore.Transports.Sending;
using Parley.Sessions;

namespace Parley.AspNetCore.Transports.WebSockets;

internal sealed partial class WebSocketConnection
{
    /// <summary>Hands over what arrives until either side has ended the connection.</summary>
    /// <returns>True when the client's bytes ended without a close frame.</returns>
    private async Task<bool> ReceiveAsync(IProtocolHandler handler)
    {
        await StartAsync();

        // An idle connection rests here, so this method keeps nothing across the wait.
        while (!_mustStop && !_sender.IsBroken)
        {
            var result = await _link.Input.ReadAsync();
            if (await TakeAsync(handler, result)) return false;
            if (result.IsCompleted) return !_mustStop && !_sender.IsBroken;
        }

        return false;
    }

    /// <summary>Waits for the client's first bytes, and goes over to its socket then.</summary>
    /// <remarks>
    /// Not before, because the answer to the handshake may still be on its way through the host's pipe. A client waits for that answer
    /// (RFC 6455, section 4.1); one that sent its first frame with the handshake has not, and stays with the pipe.
    /// </remarks>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask StartAsync()
    {
        if (_link.Socket is not { } socket) return;

        var read = _link.Input.ReadAsync();
        var isEarly = read.IsCompleted;
        var result = await read;
        _link.Input.AdvanceTo(result.Buffer.Start); // not looked at: the next read gives the same bytes
        if (!isEarly && !result.Buffer.IsEmpty) _sender.TryReplaceOutput(new SocketFrameOutput(socket));
    }

    /// <summary>Works through one piece of input.</summary>
    /// <returns>True when the client sent its close frame.</returns>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> TakeAsync(IProtocolHandler handler, ReadResult result)
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
                    CloseHandler(handler);
                }

                if (!_reader.TryRead(ref rest, out var found)) break;

                switch (found.Kind)
                {
                    case WebSocketEventKind.Message:
                        var handling = HandleAsync(handler, found.Payload);
                        if (!handling.IsCompletedSuccessfully)
                        {
                            FlushBatch.End();
                            await handling;
                            FlushBatch.Begin();
                        }

                        break;
                    case WebSocketEventKind.Ping:
                        // A client that sends pings and reads nothing gets no pong when the queue is full.
                        _sender.TryEnqueue(WebSocketFrameWriter.Create(WebSocketOpcode.Pong, found.Payload.Span));
                        break;
                    case WebSocketEventKind.Pong:
                        HandlePong(handler);
                        break;
                    case WebSocketEventKind.Close:
                        // Does nothing when this is the answer to our own.
                        Finish(WebSocketFrameWriter.Close(found.Code, ""), dropQueued: true);
                        isClosed = true;
                        break;
                    case WebSocketEventKind.Fault:
                        LogFault(_settings.Logger, found.Code, found.Reason);
                        Finish(WebSocketFrameWriter.Close(found.Code, found.Reason), dropQueued: false);
                        CloseHandler(handler);
                        break;
                }
            }
        }
        finally
        {
            _reader.ReleaseMessage();
            FlushBatch.End();
        }

        _link.Input.AdvanceTo(rest.Start, rest.End);
        return isClosed;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask HandleAsync(IProtocolHandler handler, ReadOnlyMemory<byte> message)
    {
        try
        {
            await handler.ReceiveAsync(message);
        }
        catch (Exception exception)
        {
            LogHandlerFailed(_settings.Logger, exception);
            Close(DisconnectReason.ServerError);
        }
    }

    private void HandlePong(IProtocolHandler handler)
    {
        try
        {
            handler.OnPong();
        }
        catch (Exception exception)
        {
            LogHandlerFailed(_settings.Logger, exception);
            Close(DisconnectReason.ServerError);
        }
    }

    private void CloseHandler(IProtocolHandler handler)
    {
        if (_isHandlerClosed) return;

        _isHandlerClosed = true;
        try
        {
            handler.OnClosed();
        }
        catch (Exception exception)
        {
            LogHandlerFailed(_settings.Logger, exception);
        }
    }
}
