namespace Parley.AspNetCore.Transports.Sending;

/// <summary>Keeps the frames of a flush as they are, in the arrays that all subscribers share, until it begins.</summary>
internal abstract class GatheringFrameOutput : FrameOutput
{
    /// <summary>More frames than this need not be kept room for.</summary>
    private const int MaxKeptFrames = 16;

    private byte[]? _first;
    private byte[][] _more = [];
    private int _count;

    /// <summary>How many wait.</summary>
    protected int Count => _count;

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
            Array.Resize(ref _more, Math.Max(2, _more.Length * 2));
        _more[_count - 1] = frame;
        _count++;
    }

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
