using Parley.Sessions;

namespace Parley.AspNetCore.Transports.LongPolling;

internal sealed partial class LongPollConnection
{
    private const int MaxWaiting = 256;

    private Queue<Message>? _waiting;
    private int _waitingBytes;
    private long _lastTaken;
    private bool _isTaking;

    /// <summary>Takes the commands that opened the session.</summary>
    public void TakeFirst(Message message)
    {
        lock (_gate)
            _isTaking = true;
        _ = RunAsync(message);
    }

    /// <summary>Takes commands that have a number.</summary>
    /// <param name="number">Counted from 1. Those that were here run no second time.</param>
    /// <param name="message">The commands.</param>
    /// <param name="lastTaken">The last number that was taken.</param>
    public TakeStatus Take(long number, Message message, out long lastTaken)
    {
        lock (_gate)
        {
            lastTaken = _lastTaken;
            if (_isFinished || _isEnded) return TakeStatus.Closed;
            if (number > _lastTaken + 1) return TakeStatus.Gap;
            if (number <= _lastTaken)
            {
                message.IsDone = true;
                return TakeStatus.Taken;
            }

            if (_isTaking)
            {
                // One may wait whatever its size, so that sending needs no pause.
                if (_waitingBytes > 0 && _waitingBytes + message.Bytes.Length > _settings.MaxMessageBytes) return TakeStatus.Busy;
                if (_waiting?.Count >= MaxWaiting) return TakeStatus.Busy;

                lastTaken = _lastTaken = number;
                _waitingBytes += message.Bytes.Length;
                (_waiting ??= new Queue<Message>(1)).Enqueue(message);
                return TakeStatus.Taken;
            }

            lastTaken = _lastTaken = number;
            _isTaking = true;
        }

        _ = RunAsync(message);
        return TakeStatus.Taken;
    }

    private async Task RunAsync(Message? message)
    {
        while (message is not null)
        {
            await HandleAsync(message.Bytes);
            message = TakeNext(message);
        }
    }

    private Message? TakeNext(Message done)
    {
        lock (_gate)
        {
            done.IsDone = true;
            AnswerIfReady();
            if (_waiting is not null && _waiting.TryDequeue(out var next))
            {
                _waitingBytes -= next.Bytes.Length;
                return next;
            }

            _waiting = null;
            _isTaking = false;
            if (!_isEnded) return null;
        }

        CloseHandler();
        return null;
    }

    private async ValueTask HandleAsync(byte[] message)
    {
        try
        {
            ValueTask handling;
            using (FlushBatch.Begin()) // what comes of all commands goes out together
                handling = _handler!.ReceiveAsync(message);

            await handling;
            if (_handler.IsRefused) Close(DisconnectReason.ConnectionClosed);
        }
        catch (Exception exception)
        {
            LogHandlerFailed(_settings.Logger, exception);
            Close(DisconnectReason.ServerError);
        }
    }

    private void CloseHandler()
    {
        try
        {
            _handler?.OnClosed();
        }
        catch (Exception exception)
        {
            LogHandlerFailed(_settings.Logger, exception);
        }
    }
}
