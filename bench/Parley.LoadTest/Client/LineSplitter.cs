using Parley.LoadTest.Sockets;

namespace Parley.LoadTest.Client;

/// <summary>Makes lines of the pieces of a body. Copies only lines that came in several pieces.</summary>
internal struct LineSplitter
{
    private byte[]? _begun;
    private int _length;

    /// <summary>Reads the next line, without its line feed; valid until the next call.</summary>
    /// <param name="piece">A piece; what was read is taken off it.</param>
    /// <param name="line">The line.</param>
    /// <returns>False when the rest of the line is in the next piece.</returns>
    public bool TryRead(ref ReadOnlySpan<byte> piece, out ReadOnlySpan<byte> line)
    {
        var end = piece.IndexOf((byte)'\n');
        if (end < 0)
        {
            Keep(piece);
            piece = default;
            line = default;
            return false;
        }

        line = piece[..end];
        piece = piece[(end + 1)..];
        if (_length == 0)
            return true;

        Keep(line);
        line = _begun.AsSpan(0, _length);
        _length = 0;
        return true;
    }

    private void Keep(ReadOnlySpan<byte> part)
    {
        if (part.IsEmpty)
            return;

        var length = _length + part.Length;
        if (length > EventLoop.BufferSize)
            throw new LoadTestException($"a message of more than {EventLoop.BufferSize} bytes arrived");

        if (_begun is null || length > _begun.Length)
            Array.Resize(ref _begun, Math.Max(512, length * 2));

        part.CopyTo(_begun.AsSpan(_length));
        _length = length;
    }
}
