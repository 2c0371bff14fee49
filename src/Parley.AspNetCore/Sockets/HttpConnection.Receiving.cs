using System.IO.Pipelines;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Connections;

namespace Parley.AspNetCore.Sockets;

/// <summary>From the socket into the pipe that the web server reads.</summary>
internal sealed partial class HttpConnection
{
    private const int SmallestRead = 2048;

    /// <summary>Reads of one socket in a row, before others have their turn.</summary>
    private const int MaxReads = 16;

    // One thread at a time receives. Others leave word that there may be more.
    private const int Resting = 0;
    private const int Receiving = 1;
    private const int ReceivingAndMore = 2;
    private const int Stopped = 3;

    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ValueTaskAwaiter<FlushResult> _flush;
    private Action? _onFlushed;
    private int _receiving;
    private volatile bool _mustStopReceiving;

    /// <summary>Receives what is there, unless another thread does, which then goes on.</summary>
    private void Receive()
    {
        int before;
        do
        {
            before = Volatile.Read(ref _receiving);
            if (before == Stopped)
                return;
        }
        while (Interlocked.CompareExchange(ref _receiving, ReceivingAndMore, before) != before);

        if (before == Resting)
            ReceiveUntilEmpty();
    }

    private void ReceiveUntilEmpty()
    {
        do
        {
            Volatile.Write(ref _receiving, Receiving);
            var outcome = ReceiveSome();
            if (outcome == ReceiveOutcome.Waits)
                return;
            if (outcome == ReceiveOutcome.Stopped)
            {
                Stop();
                return;
            }
        }
        while (Interlocked.CompareExchange(ref _receiving, Resting, Receiving) != Receiving);
    }

    private ReceiveOutcome ReceiveSome()
    {
        for (var left = MaxReads; !_mustStopReceiving; left--)
        {
            if (left == 0 && _socket.Loop.TryPost(this))
                return ReceiveOutcome.Empty;
            try
            {
                var memory = _input.Writer.GetMemory(SmallestRead);
                var count = _socket.Receive(memory.Span);
                if (count < 0)
                    return ReceiveOutcome.Empty;
                if (count == 0)
                {
                    EndInput(_abortReason);
                    return ReceiveOutcome.Stopped;
                }

                _input.Writer.Advance(count);
                var flush = _input.Writer.FlushAsync();
                if (!flush.IsCompleted)
                {
                    _flush = flush.GetAwaiter();
                    _flush.UnsafeOnCompleted(_onFlushed ??= OnFlushed);
                    return ReceiveOutcome.Waits;
                }

                if (flush.GetAwaiter().GetResult().IsCompleted)
                    return ReceiveOutcome.Stopped;
                // Fewer bytes than there was room for were all; new ones are told of. The end of them is not, when it was told already.
                if (count < memory.Length && !_socket.IsPeerDone)
                    return ReceiveOutcome.Empty;
            }
            catch (SocketException exception)
            {
                EndInput(_abortReason ?? (exception.SocketErrorCode == SocketError.ConnectionReset
                    ? new ConnectionResetException(exception.Message, exception)
                    : new IOException(exception.Message, exception)));
                return ReceiveOutcome.Stopped;
            }
            catch (Exception exception)
            {
                // Whoever read has ended with it.
                EndInput(exception);
                return ReceiveOutcome.Stopped;
            }
        }

        return ReceiveOutcome.Stopped;
    }

    private void OnFlushed()
    {
        var isCompleted = true;
        try
        {
            isCompleted = _flush.GetResult().IsCompleted;
        }
        catch (Exception exception)
        {
            // Whoever read has ended with it.
            EndInput(exception);
        }

        if (isCompleted)
            Stop();
        else
            ReceiveUntilEmpty();
    }

    private void EndInput(Exception? exception)
    {
        _input.Writer.Complete(exception);
        TellClosed();
    }

    private void Stop()
    {
        Volatile.Write(ref _receiving, Stopped);
        _input.Writer.Complete();
        _stopped.TrySetResult();
    }

    /// <summary>Completes when nobody receives any more, and what was received is in the pipe.</summary>
    private Task StopReceivingAsync()
    {
        _mustStopReceiving = true;
        Receive();
        return _stopped.Task;
    }

    private enum ReceiveOutcome
    {
        /// <summary>Nothing is left; more is told of.</summary>
        Empty,

        /// <summary>The web server has to read first.</summary>
        Waits,

        /// <summary>Nothing is received any more.</summary>
        Stopped,
    }
}
