using Parley.Sessions;
using Parley.Timing;

namespace Parley.AspNetCore.Transports.LongPolling;

/// <summary>A run of polls: frames are kept until the client says that it has them.</summary>
/// <remarks>
/// Whatever requests do on their way - get lost, come twice, late or in another order - a batch is neither skipped nor doubled for a
/// client that counts, and commands run once and in order. An idle connection costs one entry of the timer wheel, which stands for
/// the end of the held poll, or of the session when no poll comes, and the held request. Thread-safe; the lock is a leaf.
/// </remarks>
internal sealed partial class LongPollConnection : TimerWheelEntry, IConnection, IFlushable
{
    /// <summary>
    /// What the engine's pings look like here. They are not sent: polls show that the client is there, and their answers that the
    /// server is, so a ping with its pong would be two more requests that say the same.
    /// </summary>
    public static readonly Frame Ping = new("ping"u8.ToArray());

    private readonly Lock _gate = new();
    private readonly LongPollSettings _settings;
    private readonly Action<LongPollConnection> _onEnded;
    private readonly BatchQueue _batches;
    private IProtocolHandler? _handler;
    private TaskCompletionSource? _drained;
    private long _due;
    private bool _isPutOff;
    private bool _isFinished;
    private bool _isEnded;

    /// <param name="secret">What requests name it with.</param>
    /// <param name="user">Whom the host authenticated; null: nobody.</param>
    /// <param name="isBinary">Whether messages are Protobuf.</param>
    /// <param name="settings">What all connections share.</param>
    /// <param name="onEnded">Called once when no request can reach it any more; perhaps under locks of the engine.</param>
    public LongPollConnection(string secret, string? user, bool isBinary, LongPollSettings settings, Action<LongPollConnection> onEnded)
    {
        Secret = secret;
        User = user;
        IsBinary = isBinary;
        _settings = settings;
        _onEnded = onEnded;
        _batches = new BatchQueue(settings.MaxQueuedBytes);
    }

    public string Transport => "long_poll";

    public long QueuedBytes => _batches.Bytes;

    public string Secret { get; }

    public string? User { get; }

    public bool IsBinary { get; }

    /// <summary>Begins: the session has its time of silence from now on.</summary>
    public void Start(IProtocolHandler handler)
    {
        lock (_gate)
        {
            _handler = handler;
            ScheduleSilence();
        }
    }

    public bool TryEnqueue(Frame frame)
    {
        lock (_gate)
        {
            if (_isFinished || _isEnded) return true;
            if (!_batches.TryAdd(frame.Bytes)) return false;
            if (_held is null || _isPutOff) return true;

            if (FlushBatch.Current is { } batch)
            {
                _isPutOff = true;
                batch.Add(this);
            }
            else
            {
                AnswerIfReady();
            }

            return true;
        }
    }

    public void EnqueueFirst(Frame frame)
    {
        if (ReferenceEquals(frame.Bytes, Ping.Bytes))
        {
            _handler?.OnPong();
            return;
        }

        lock (_gate)
        {
            if (_isFinished || _isEnded) return;
            _batches.AddFirst(frame.Bytes);
            AnswerIfReady();
        }
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Little may be kept for the client nevertheless: if each reply to a message of many commands had to be fetched before the next
    /// command ran, the message would take as many polls.
    /// </remarks>
    public Task DrainAsync()
    {
        lock (_gate)
        {
            if (_isFinished || _isEnded || _batches.IsLow) return Task.CompletedTask;

            _drained ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            AnswerIfReady();
            return _drained.Task;
        }
    }

    public void FlushPutOff()
    {
        lock (_gate)
        {
            _isPutOff = false;
            AnswerIfReady();
        }
    }

    /// <inheritdoc/>
    /// <remarks>The code and reason go into the protocol's last frame; <see cref="DisconnectReason.ConnectionClosed"/> ends without one.</remarks>
    public void Close(DisconnectReason reason)
    {
        var isSilent = reason.Code == DisconnectReason.ConnectionClosed.Code;
        var last = isSilent || _handler is null ? default : _handler.Farewell(reason);
        bool isOver;
        lock (_gate)
        {
            if (_isFinished || _isEnded) return;

            _isFinished = true;
            _waiting = null;
            if (reason.Code == DisconnectReason.Slow.Code) _batches.DropWaiting();
            if (!last.IsEmpty) _batches.Add(last.Bytes);
            ReleaseDrain();
            isOver = IsDelivered;
            if (!isOver)
            {
                AnswerIfReady();
                Schedule(_settings.CloseTimeout);
            }
        }

        if (isOver) End();
    }

    /// <summary>Ends the session: for the client, it is as if it had never been.</summary>
    public void End()
    {
        bool isIdle;
        lock (_gate)
        {
            if (_isEnded) return;

            _isEnded = true;
            _waiting = null;
            isIdle = !_isTaking;
            ReleaseDrain();
            Answer(new PollAnswer(PollStatus.Unknown));
        }

        _settings.Timers.Cancel(this);
        _onEnded(this);
        // The protocol leaves channels now, which must not happen under the locks that this may be called with.
        if (isIdle) ThreadPool.UnsafeQueueUserWorkItem(static connection => connection.CloseHandler(), this, preferLocal: false);
    }

    /// <summary>Whether the client has all that it will ever get.</summary>
    private bool IsDelivered => _isFinished && _batches is { Current: null, HasWaiting: false };

    protected internal override void OnDue()
    {
        lock (_gate)
        {
            // Another request has moved the end meanwhile.
            if (_isEnded || _settings.Time.GetTimestamp() < _due) return;

            if (_held is not null)
            {
                // Something waits where the poll's own commands take this long.
                Answer(_batches.HasWaiting ? TakeBatch() : new PollAnswer(PollStatus.Empty));
                return;
            }

            if (!_isFinished) LogSilent(_settings.Logger);
        }

        End();
    }

    private void ScheduleSilence()
    {
        // The end of a closed session is not put off.
        if (!_isFinished && !_isEnded) Schedule(_settings.Silence);
    }

    private void Schedule(TimeSpan delay)
    {
        _due = _settings.Time.GetTimestamp() + (long)(delay.TotalSeconds * _settings.Time.TimestampFrequency);
        _settings.Timers.Schedule(this, delay);
    }

    private void ReleaseDrain()
    {
        _drained?.TrySetResult();
        _drained = null;
    }
}
