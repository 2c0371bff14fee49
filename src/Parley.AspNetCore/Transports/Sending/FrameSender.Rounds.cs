namespace Parley.AspNetCore.Transports.Sending;

/// <summary>Flushes that were put off, which may be sent together with those of other connections.</summary>
internal sealed partial class FrameSender
{
    /// <inheritdoc/>
    public void FlushPutOff()
    {
        lock (_gate)
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

    /// <summary>What was flushed with others was sent.</summary>
    public void OnSentWithOthers()
    {
        lock (_gate)
        {
            _isFlushing = _isInRound = false;
            if (_idle is not null || _first is not null || _queue is { Count: > 0 }) GoOn();
        }
    }

    /// <summary>What was flushed with others was sent in part.</summary>
    /// <param name="rest">What there was no room for.</param>
    public void OnSentInPart(ReadOnlySpan<byte> rest)
    {
        lock (_gate)
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

    /// <summary>What was flushed with others could not be sent: the link is broken.</summary>
    public void OnSendFailed()
    {
        lock (_gate)
        {
            _isFlushing = _isInRound = false;
            Break();
            GoOn();
        }
    }
}
