namespace Parley.AspNetCore.Transports.Sending;

/// <summary>Flushes that were put off, which may be sent together with those of other connections.</summary>
internal sealed partial class FrameSender
{
    /// <inheritdoc/>
    public void FlushPutOff()
    {
        lock (this)
        {
            _isPutOff = false;
            if (_unflushedBytes == 0 || _isFlushing || _isBroken) return;
            if (!_output.TryFlushWithOthers(this))
            {
                Flush();
                return;
            }

            _unflushedBytes = 0;
            _isFlushing = _isInRound = true;
        }
    }

    /// <inheritdoc/>
    public void OnSentWithOthers()
    {
        lock (this)
        {
            _isFlushing = _isInRound = false;
            if (_idle is not null || _first is not null || _queue is { Count: > 0 }) GoOn();
        }
    }

    /// <inheritdoc/>
    public void OnSentInPart(ReadOnlySpan<byte> rest)
    {
        lock (this)
        {
            _isFlushing = _isInRound = false;
            try
            {
                Await(_output.FlushRestAsync(rest));
            }
            catch (Exception)
            {
                Break();
            }

            if (!_isFlushing) GoOn();
        }
    }

    /// <inheritdoc/>
    public void OnSendFailed()
    {
        lock (this)
        {
            _isFlushing = _isInRound = false;
            Break();
            GoOn();
        }
    }
}
