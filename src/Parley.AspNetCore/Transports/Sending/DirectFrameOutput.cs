using System.IO.Pipelines;

namespace Parley.AspNetCore.Transports.Sending;

/// <summary>Sends by a system call on the calling thread: no copy of a single frame, and no other thread to wake.</summary>
internal abstract class DirectFrameOutput : FrameOutput
{
    /// <summary>More frames than this need not be kept room for.</summary>
    private const int MaxKeptFrames = 16;

    private byte[]? _first;
    private byte[][] _more = [];
    private int _count;

    /// <summary>The first of the frames that wait; null: none do.</summary>
    protected byte[]? First => _first;

    /// <summary>Those behind it.</summary>
    protected ReadOnlySpan<byte[]> More => _more.AsSpan(0, Math.Max(0, _count - 1));

    public override void Write(byte[] frame)
    {
        if (_count == 0)
        {
            _first = frame;
            _count = 1;
            return;
        }

        if (_count > _more.Length)
            Array.Resize(ref _more, Math.Max(4, _more.Length * 2));
        _more[_count - 1] = frame;
        _count++;
    }

    public override ValueTask<FlushResult> FlushAsync()
    {
        if (_count == 0)
            return default;

        var bytes = _count == 1 ? _first! : FrameJoiner.Join(_first!, More);
        Clear();
        return SendAsync(bytes);
    }

    /// <remarks>Nothing to do: the socket is closed with the link, and that ends what it sends.</remarks>
    public override void CancelPendingFlush()
    {
    }

    /// <summary>Sends bytes, or a copy of those that there is no room for now.</summary>
    /// <param name="bytes">Valid until this returns.</param>
    protected abstract ValueTask<FlushResult> SendAsync(ReadOnlyMemory<byte> bytes);

    /// <summary>Nothing waits any more.</summary>
    protected void Clear()
    {
        _first = null;
        if (_more.Length > MaxKeptFrames)
            _more = [];
        else
            Array.Clear(_more);
        _count = 0;
    }
}
