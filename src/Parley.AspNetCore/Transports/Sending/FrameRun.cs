using System.Runtime.InteropServices;

namespace Parley.AspNetCore.Transports.Sending;

/// <summary>The frames that lie one behind the other in a piece of memory. In a fan-out one connection after the other has the same ones waiting.</summary>
internal sealed class FrameRun
{
    private readonly List<byte[]> _frames = [];

    /// <summary>Bytes of all together.</summary>
    public int Length { get; private set; }

    public bool Is(byte[] first, ReadOnlySpan<byte[]> more)
    {
        var frames = CollectionsMarshal.AsSpan(_frames);
        if (frames.Length != more.Length + 1 || !ReferenceEquals(frames[0], first))
            return false;

        for (var i = 0; i < more.Length; i++)
        {
            if (!ReferenceEquals(frames[i + 1], more[i]))
                return false;
        }

        return true;
    }

    public void Set(byte[] first, ReadOnlySpan<byte[]> more)
    {
        _frames.Clear();
        _frames.Add(first);
        _frames.AddRange(more);
        Length = LengthOf(first, more);
    }

    public static int LengthOf(byte[] first, ReadOnlySpan<byte[]> more)
    {
        var length = first.Length;
        foreach (var frame in more)
            length += frame.Length;
        return length;
    }

    public void CopyTo(Span<byte> memory)
    {
        foreach (var frame in _frames)
        {
            frame.CopyTo(memory);
            memory = memory[frame.Length..];
        }
    }

    public void Clear()
    {
        _frames.Clear();
        Length = 0;
    }
}
