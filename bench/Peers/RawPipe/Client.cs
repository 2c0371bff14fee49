using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace RawPipe;

/// <summary>
/// Frames for one client: whoever has some puts them into the queue, and one flush takes all that wait. Frames that come while a flush
/// is on its way go with the next one, which begins where the one before ends.
/// </summary>
internal sealed class Client(ConnectionContext connection)
{
    private const int MaxQueuedBytes = 1024 * 1024;

    private readonly Lock _lock = new();
    private readonly PipeWriter _output = connection.Transport.Output;
    private List<byte[]> _queue = [];
    private List<byte[]> _taken = [];
    private int _queuedBytes;
    private bool _isFlushing;
    private TaskCompletionSource? _ended;

    /// <summary>Puts a frame behind the others; true when it is the first, so that somebody has to flush.</summary>
    public bool Queue(byte[] frame)
    {
        lock (_lock)
        {
            _queuedBytes += frame.Length;
            if (_queuedBytes > MaxQueuedBytes)
            {
                connection.Abort(new ConnectionAbortedException("The client does not read."));
                return false;
            }

            _queue.Add(frame);
            return _queue.Count == 1;
        }
    }

    /// <summary>Sends what waits, unless a flush is on its way.</summary>
    public void Flush()
    {
        if (TryTake(isNew: true))
            _ = FlushAsync();
    }

    /// <summary>Waits for what is being sent.</summary>
    public Task EndAsync()
    {
        lock (_lock)
        {
            if (!_isFlushing)
                return Task.CompletedTask;

            _ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _ended.Task;
        }
    }

    private async Task FlushAsync()
    {
        try
        {
            do
            {
                await WriteAsync();
            }
            while (TryTake(isNew: false));
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or InvalidOperationException)
        {
            // The client is gone. The flush does not end, so nothing is written any more.
            _ended?.TrySetResult();
        }
    }

    private ValueTask<FlushResult> WriteAsync()
    {
        // Straight from the array that all receivers share; with TLS, it is encrypted from there.
        if (_taken.Count == 1)
            return _output.WriteAsync(_taken[0]);

        foreach (var frame in _taken)
            _output.Write(frame);

        return _output.FlushAsync();
    }

    private bool TryTake(bool isNew)
    {
        lock (_lock)
        {
            if (isNew && _isFlushing)
                return false;

            _isFlushing = _queue.Count > 0;
            _taken.Clear();
            (_taken, _queue) = (_queue, _taken);
            _queuedBytes = 0;
            if (!_isFlushing)
                _ended?.TrySetResult();

            return _isFlushing;
        }
    }
}
