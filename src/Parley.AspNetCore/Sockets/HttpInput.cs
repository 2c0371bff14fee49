using System.IO.Pipelines;
using System.Threading.Tasks.Sources;

namespace Parley.AspNetCore.Sockets;

/// <summary>What the web server reads of a connection: requests that cannot block on the loop's thread, all others on the thread pool.</summary>
/// <remarks>
/// The web server reads before every request, and its code and the application's go on where the read ends. As long as all that came
/// was known by its first bytes, what goes on is code that does not block; with the first bytes that are not known the
/// connection goes to the pool for good (<see cref="IInlineInput.Return()"/>). A client can so choose bytes that send it to the
/// pool, but none that keep the application's code on a loop's thread, wherever it cuts its requests.
/// </remarks>
/// <param name="reader">Continues on the thread that writes.</param>
/// <param name="requests">Those that do not block.</param>
/// <param name="connection">Whose bytes they are. With TLS, or anything else in between, what is read is not what the web server gets, and nothing of it is known.</param>
internal sealed class HttpInput(PipeReader reader, InlineRequests requests, HttpConnection connection)
    : PipeReader, IInlineInput, IValueTaskSource<ReadResult>, IThreadPoolWorkItem
{
    private ManualResetValueTaskSourceCore<ReadResult> _source;
    private ValueTask<ReadResult> _reading;
    private ReadResult _result;
    private Exception? _failure;
    private Action? _onRead;
    private bool _isKnown = true;

    public void Return() => _isKnown = true;

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        var reading = reader.ReadAsync(cancellationToken);
        if (reading.IsCompletedSuccessfully)
        {
            _result = reading.Result;
            if (IsKnown(_result) || !SocketLoop.IsLoop)
                return new ValueTask<ReadResult>(_result);
            _source.Reset();
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
            return new ValueTask<ReadResult>(this, _source.Version);
        }

        _source.Reset();
        _reading = reading;
        reading.GetAwaiter().UnsafeOnCompleted(_onRead ??= OnRead);
        return new ValueTask<ReadResult>(this, _source.Version);
    }

    public override bool TryRead(out ReadResult result) => reader.TryRead(out result);

    public override void AdvanceTo(SequencePosition consumed) => reader.AdvanceTo(consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => reader.AdvanceTo(consumed, examined);

    public override void CancelPendingRead() => reader.CancelPendingRead();

    public override void Complete(Exception? exception = null) => reader.Complete(exception);

    public override ValueTask CompleteAsync(Exception? exception = null) => reader.CompleteAsync(exception);

    void IThreadPoolWorkItem.Execute()
    {
        if (Interlocked.Exchange(ref _failure, null) is { } failure)
            _source.SetException(failure);
        else
            _source.SetResult(_result);
    }

    ReadResult IValueTaskSource<ReadResult>.GetResult(short token) => _source.GetResult(token);

    /// <remarks>
    /// The pool may be done before the loop's thread asks. If that heard so, it would go on itself; if not, it registers what
    /// goes on, and a source that is done has that run by the pool.
    /// </remarks>
    ValueTaskSourceStatus IValueTaskSource<ReadResult>.GetStatus(short token) =>
        SocketLoop.IsLoop ? ValueTaskSourceStatus.Pending : _source.GetStatus(token);

    void IValueTaskSource<ReadResult>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    /// <summary>Called by the loop's thread, or by whoever cancels or ends the connection.</summary>
    private void OnRead()
    {
        try
        {
            _result = _reading.Result;
        }
        catch (Exception exception)
        {
            // The connection is broken, or the reader's token was cancelled.
            (_result, _failure) = (default, exception);
        }

        if (IsKnown(_result) && SocketLoop.IsLoop)
            _source.SetResult(_result);
        else
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    private bool IsKnown(in ReadResult result)
    {
        if (!_isKnown || result.Buffer.IsEmpty || !connection.HasOwnTransport)
            return false;
        // No request begins with a brace, so it is the body of one that was known.
        var bytes = result.Buffer.FirstSpan;
        _isKnown = bytes[0] == '{' || requests.Contain(bytes);
        return _isKnown && !result.IsCanceled;
    }
}
