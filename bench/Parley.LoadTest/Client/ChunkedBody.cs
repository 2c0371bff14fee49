using System.Buffers.Text;

namespace Parley.LoadTest.Client;

/// <summary>Takes the chunks off a body as it arrives (RFC 9112, section 7.1).</summary>
internal struct ChunkedBody
{
    private const int MaxLineBytes = 4096;

    private Part _part;
    private int _remaining;

    private enum Part
    {
        Size,
        Data,
        DataEnd,
        Trailer,
        End,
    }

    public readonly bool IsEnded => _part == Part.End;

    /// <summary>Reads the next piece of the body, which may be a part of a chunk.</summary>
    /// <param name="bytes">What has arrived.</param>
    /// <param name="taken">Where to go on in it; moved behind what was read.</param>
    /// <param name="data">The piece.</param>
    /// <returns>False when there is none before more bytes arrive, or when the body has ended.</returns>
    public bool TryRead(ReadOnlySpan<byte> bytes, ref int taken, out ReadOnlySpan<byte> data)
    {
        data = default;
        while (!IsEnded)
        {
            var rest = bytes[taken..];
            switch (_part)
            {
                case Part.Size:
                    if (!TryReadLine(rest, ref taken, out var size))
                        return false;

                    if (!Utf8Parser.TryParse(size, out _remaining, out var digits, 'x') || _remaining < 0 || size[digits..] is not ([] or [(byte)';', ..]))
                        throw new LoadTestException("a response with a broken chunk");

                    _part = _remaining == 0 ? Part.Trailer : Part.Data;
                    break;
                case Part.Data:
                    if (rest.IsEmpty)
                        return false;

                    data = rest[..Math.Min(rest.Length, _remaining)];
                    taken += data.Length;
                    _remaining -= data.Length;
                    if (_remaining == 0)
                        _part = Part.DataEnd;

                    return true;
                case Part.DataEnd:
                    if (!TryReadLine(rest, ref taken, out var nothing))
                        return false;

                    if (!nothing.IsEmpty)
                        throw new LoadTestException("a chunk that is longer than its size");

                    _part = Part.Size;
                    break;
                case Part.Trailer:
                    if (!TryReadLine(rest, ref taken, out var trailer))
                        return false;

                    if (trailer.IsEmpty)
                        _part = Part.End;

                    break;
            }
        }

        return false;
    }

    private static bool TryReadLine(ReadOnlySpan<byte> rest, ref int taken, out ReadOnlySpan<byte> line)
    {
        var end = rest.IndexOf("\r\n"u8);
        if (end < 0 && rest.Length > MaxLineBytes)
            throw new LoadTestException("a response with a broken chunk");

        line = end < 0 ? default : rest[..end];
        taken += end < 0 ? 0 : end + 2;
        return end >= 0;
    }
}
