using System.Buffers;

namespace Parley.AspNetCore.Tests.Transports.WebSockets;

/// <summary>Makes sequences of several segments.</summary>
internal static class Segments
{
    /// <summary>Cuts bytes into pieces and makes each a segment of its own array.</summary>
    /// <param name="bytes">The whole.</param>
    /// <param name="lengths">Lengths of the pieces, used again from the start as long as bytes are left; at least 1 each.</param>
    public static ReadOnlySequence<byte> Of(ReadOnlySpan<byte> bytes, params ReadOnlySpan<int> lengths)
    {
        var first = new Segment([], 0);
        var last = first;
        for (int at = 0, i = 0; at < bytes.Length; i++)
        {
            var length = Math.Min(lengths[i % lengths.Length], bytes.Length - at);
            last = last.Append(bytes.Slice(at, length).ToArray());
            at += length;
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(byte[] bytes, long index)
        {
            Memory = bytes;
            RunningIndex = index;
        }

        public Segment Append(byte[] bytes)
        {
            var next = new Segment(bytes, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
