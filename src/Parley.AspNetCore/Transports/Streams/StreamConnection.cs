using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Parley.AspNetCore.Transports.Sending;
using Parley.Sessions;

namespace Parley.AspNetCore.Transports.Streams;

/// <summary>A connection whose frames go down the body of one response, and whose messages come by requests of their own.</summary>
internal sealed partial class StreamConnection : IConnection, ILink
{
    /// <summary>Messages that may wait for their turn: requests that come together are not answered in any order.</summary>
    /// <remarks>An SDK sends each command as it is made, and HTTP/2 lets 100 and more of them be under way at once.</remarks>
    private const int MaxWaiting = 256;

    private static readonly Refusal TooMany = new(StatusCodes.Status429TooManyRequests, "Too many requests of this session at once.");
    private static readonly Refusal TooLate = new(StatusCodes.Status409Conflict, "Commands behind these were taken before they came: connect anew.");
    private static readonly Refusal NumberUsed = new(StatusCodes.Status409Conflict, "Other commands had these ids: count upward.");

    private readonly StreamSettings _settings;
    private readonly HttpContext? _oneWay;
    private readonly IHttpRequestLifetimeFeature _lifetime;
    private readonly FrameSender _sender;
    private readonly MessageTurns _turns;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IProtocolHandler? _handler;
    private CloseDeadline? _deadline;
    private bool _isHandlerClosed;
    private int _waiting;
    private long _waitingBytes;

    public StreamConnection(StreamKind kind, HttpContext context, ClientContext client, StreamSettings settings)
    {
        Transport = kind.Name;
        IsBinary = client.IsBinary;
        User = client.AuthenticatedUser;
        _settings = settings;
        _turns = new MessageTurns(settings.Timers);
        _oneWay = kind.IsUnidirectional ? context : null;
        _lifetime = context.Features.GetRequiredFeature<IHttpRequestLifetimeFeature>();
        _sender = new FrameSender(this, new PipeFrameOutput(context.Response.BodyWriter), settings.MaxQueuedBytes);
    }

    public string Transport { get; }

    /// <summary>Whether messages are Protobuf.</summary>
    public bool IsBinary { get; }

    /// <summary>Whom the host authenticated the stream's request as; null: nobody.</summary>
    public string? User { get; }

    public long QueuedBytes => _sender.QueuedBytes;

    public bool TryEnqueue(Frame frame) => _sender.TryEnqueue(frame);

    public void EnqueueFirst(Frame frame) => _sender.EnqueueFirst(frame);

    public Task DrainAsync() => _sender.DrainAsync();

    /// <inheritdoc/>
    /// <remarks>The code and reason go into the protocol's last frame; <see cref="DisconnectReason.ConnectionClosed"/> ends without one.</remarks>
    public void Close(DisconnectReason reason)
    {
        var isSilent = reason.Code == DisconnectReason.ConnectionClosed.Code;
        var last = isSilent || _handler is null ? default : _handler.Farewell(reason);
        if (!_sender.TryFinish(last, dropQueued: reason.Code == DisconnectReason.Slow.Code)) return;

        var deadline = new CloseDeadline(this);
        if (Interlocked.CompareExchange(ref _deadline, deadline, null) is null)
            _settings.Timers.Schedule(deadline, _settings.CloseTimeout);
        ThreadPool.UnsafeQueueUserWorkItem(static connection => connection.EndWhenDrained(), this, preferLocal: false);
    }

    /// <summary>Says who takes the client's messages, before anything else can happen.</summary>
    public void Attach(IProtocolHandler handler) => _handler = handler;

    /// <summary>Serves the connection until it has ended: nothing touches the request after the task has completed.</summary>
    /// <param name="first">What the client sent with the request that opened the stream.</param>
    public async Task RunAsync(ReadOnlyMemory<byte> first)
    {
        try
        {
            await ReceiveAsync(first);
            first = default; // not to be kept for as long as the stream lives
            await WaitAsync();
        }
        finally
        {
            await EndAsync();
        }
    }

    /// <summary>Waits until either side has ended the connection.</summary>
    public async Task WaitAsync()
    {
        if (_oneWay is not null) AcknowledgementTimeout.Set(_oneWay, _settings.AcknowledgementTimeout);
        await using var aborted = _lifetime.RequestAborted.UnsafeRegister(static connection => ((StreamConnection)connection!)._ended.TrySetResult(), this);
        await _ended.Task;
    }

    /// <summary>Ends the connection, if nobody has, and lets the request go: nothing touches it after the task has completed.</summary>
    public async Task EndAsync()
    {
        _ended.TrySetResult();
        await _turns.EndAsync();
        CloseHandler(_handler!);

        _sender.TryFinish(default, dropQueued: true);
        var drained = _sender.DrainAsync();
        if (!drained.IsCompleted) _lifetime.Abort();
        await drained;

        if (Interlocked.Exchange(ref _deadline, CloseDeadline.None) is { } deadline)
        {
            _settings.Timers.Cancel(deadline);
            await deadline.DisarmAsync();
        }

        // The next request on this connection may be of another kind.
        if (_oneWay is not null) AcknowledgementTimeout.Set(_oneWay, TimeSpan.Zero);
    }

    /// <summary>Hands over a message of the client, after those that it sent before.</summary>
    /// <param name="message">Valid until the task completes.</param>
    /// <returns>Why it is not taken; null also when it was taken before, and on a connection that has ended.</returns>
    public async Task<Refusal?> ReceiveAsync(ReadOnlyMemory<byte> message)
    {
        try
        {
            var count = Interlocked.Increment(ref _waiting);
            var bytes = Interlocked.Add(ref _waitingBytes, message.Length);
            if (count > MaxWaiting || (count > 1 && bytes > _settings.MaxQueuedBytes))
            {
                // What is refused would be a gap in what the client sent.
                Close(DisconnectReason.TooManyRequests);
                return TooMany;
            }

            return await _turns.WaitAsync(_handler!.NumbersOf(message), message.Span) switch
            {
                Turn.Given => await ReceiveInTurnAsync(_handler, message),
                Turn.TooLate => Refuse(DisconnectReason.ForceReconnect, TooLate),
                Turn.NumberUsed => Refuse(DisconnectReason.BadRequest, NumberUsed),
                _ => null,
            };
        }
        finally
        {
            Interlocked.Add(ref _waitingBytes, -message.Length);
            Interlocked.Decrement(ref _waiting);
        }
    }

    void ILink.OnBroken() => _ended.TrySetResult();

    void ILink.Cut() => _lifetime.Abort();

    private Refusal Refuse(DisconnectReason reason, Refusal refusal)
    {
        Close(reason);
        return refusal;
    }

    private async ValueTask<Refusal?> ReceiveInTurnAsync(IProtocolHandler handler, ReadOnlyMemory<byte> message)
    {
        try
        {
            if (!_ended.Task.IsCompleted && !_sender.IsFinished) await HandOverAsync(handler, message);
            return null;
        }
        finally
        {
            _turns.Leave();
        }
    }

    private async ValueTask HandOverAsync(IProtocolHandler handler, ReadOnlyMemory<byte> message)
    {
        try
        {
            ValueTask handling;
            using (FlushBatch.Begin()) // what comes of all commands goes out together
                handling = handler.ReceiveAsync(message);

            await handling;
            if (handler.IsRefused) Close(DisconnectReason.ConnectionClosed);
        }
        catch (Exception exception)
        {
            LogHandlerFailed(_settings.Logger, exception);
            Close(DisconnectReason.ServerError);
        }
    }

    private async void EndWhenDrained()
    {
        await _sender.DrainAsync();
        _ended.TrySetResult();
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

    [LoggerMessage(EventId = 330, Level = LogLevel.Error, Message = "The protocol's handler failed on a stream")]
    private static partial void LogHandlerFailed(ILogger logger, Exception exception);
}
