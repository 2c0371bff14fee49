using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Parley.AspNetCore.Transports.WebSockets;

/// <summary>The header of one frame as the client sent it, valid or not.</summary>
/// <param name="First">FIN, reserved bits and opcode.</param>
/// <param name="IsMasked">Whether the client masked the payload.</param>
/// <param name="PayloadLength">Bytes that follow; <see cref="long.MaxValue"/> for lengths that do not fit in 63 bits.</param>
/// <param name="IsLengthValid">Whether the length is in the shortest form and fits in 63 bits.</param>
/// <param name="Key">The mask, as it lies in memory; 0 when the frame is not masked.</param>
/// <param name="Length">Bytes of the header itself.</param>
internal readonly record struct WebSocketFrameHeader(
    byte First, bool IsMasked, long PayloadLength, bool IsLengthValid, uint Key, int Length)
{
    private const int LongestHeader = 14;

    public bool IsFinal => (First & 0x80) != 0;

    public bool HasReservedBits => (First & 0x70) != 0;

    public WebSocketOpcode Opcode => (WebSocketOpcode)(First & 0x0F);

    public bool IsControl => (First & 0x08) != 0;

    public bool IsKnown => Opcode is <= WebSocketOpcode.Binary or (>= WebSocketOpcode.Close and <= WebSocketOpcode.Pong);

    /// <summary>Reads a header from the beginning of the input.</summary>
    /// <returns>False when more bytes are needed.</returns>
    public static bool TryParse(in ReadOnlySequence<byte> input, out WebSocketFrameHeader header)
    {
        var bytes = input.FirstSpan;
        if (bytes.Length >= LongestHeader || input.IsSingleSegment) return TryParse(bytes, out header);

        Span<byte> copy = stackalloc byte[LongestHeader];
        var length = (int)Math.Min(LongestHeader, input.Length);
        input.Slice(0, length).CopyTo(copy);
        return TryParse(copy[..length], out header);
    }

    private static bool TryParse(ReadOnlySpan<byte> bytes, out WebSocketFrameHeader header)
    {
        header = default;
        if (bytes.Length < 2) return false;

        var isMasked = (bytes[1] & 0x80) != 0;
        var shortLength = bytes[1] & 0x7F;
        var lengthBytes = shortLength switch { 126 => 2, 127 => 8, _ => 0 };
        var headerLength = 2 + lengthBytes + (isMasked ? 4 : 0);
        if (bytes.Length < headerLength) return false;

        var length = shortLength switch
        {
            126 => BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]),
            127 => BinaryPrimitives.ReadUInt64BigEndian(bytes[2..]),
            _ => (ulong)shortLength,
        };
        var isLengthValid = shortLength switch
        {
            126 => length > 125,
            127 => length is > ushort.MaxValue and <= long.MaxValue,
            _ => true,
        };
        var key = isMasked ? MemoryMarshal.Read<uint>(bytes[(2 + lengthBytes)..]) : 0;
        header = new WebSocketFrameHeader(
            bytes[0], isMasked, (long)Math.Min(length, long.MaxValue), isLengthValid, key, headerLength);
        return true;
    }
}
