using System.Buffers.Binary;

namespace Parley.LoadTest.Client;

/// <summary>Reads unmasked frames of a server and writes masked frames of a client (RFC 6455, section 5.2).</summary>
internal static class WebSocketFrame
{
    public const int Continuation = 0;
    public const int Text = 1;
    public const int Binary = 2;
    public const int Close = 8;
    public const int Ping = 9;
    public const int Pong = 10;

    /// <summary>The most that a client's header adds to a payload.</summary>
    public const int MaxOverhead = 14;

    // Any key will do against a server; one that is not zero makes it do the work of unmasking.
    private const uint Mask = 0x5A3C69A5;

    /// <summary>Finds the first frame in what has arrived; false when it is not complete.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out int opcode, out bool isFinal, out int headerLength, out int payloadLength)
    {
        (opcode, isFinal, headerLength, payloadLength) = (0, false, 2, 0);
        if (bytes.Length < 2)
            return false;

        if ((bytes[0] & 0x70) != 0 || (bytes[1] & 0x80) != 0)
            throw new LoadTestException("the server sent a masked frame or one with an extension that was not asked for");

        opcode = bytes[0] & 0x0F;
        isFinal = (bytes[0] & 0x80) != 0;
        payloadLength = bytes[1];
        if (payloadLength == 126)
        {
            headerLength = 4;
            if (bytes.Length < 4)
                return false;

            payloadLength = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        }
        else if (payloadLength == 127)
        {
            headerLength = 10;
            if (bytes.Length < 10)
                return false;

            payloadLength = checked((int)BinaryPrimitives.ReadUInt64BigEndian(bytes[2..]));
        }

        return bytes.Length - headerLength >= payloadLength;
    }

    /// <summary>Writes a final frame and returns its length.</summary>
    public static int Write(Span<byte> destination, int opcode, ReadOnlySpan<byte> payload)
    {
        destination[0] = (byte)(0x80 | opcode);
        int header;
        if (payload.Length < 126)
        {
            destination[1] = (byte)(0x80 | payload.Length);
            header = 2;
        }
        else if (payload.Length <= ushort.MaxValue)
        {
            destination[1] = 0x80 | 126;
            BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)payload.Length);
            header = 4;
        }
        else
        {
            destination[1] = 0x80 | 127;
            BinaryPrimitives.WriteUInt64BigEndian(destination[2..], (ulong)payload.Length);
            header = 10;
        }

        BinaryPrimitives.WriteUInt32LittleEndian(destination[header..], Mask);
        CopyMasked(payload, destination[(header + 4)..]);
        return header + 4 + payload.Length;
    }

    private static void CopyMasked(ReadOnlySpan<byte> payload, Span<byte> destination)
    {
        const ulong WideMask = ((ulong)Mask << 32) | Mask;
        var i = 0;
        for (; i <= payload.Length - 8; i += 8)
        {
            var part = BinaryPrimitives.ReadUInt64LittleEndian(payload[i..]) ^ WideMask;
            BinaryPrimitives.WriteUInt64LittleEndian(destination[i..], part);
        }

        for (; i < payload.Length; i++)
            destination[i] = (byte)(payload[i] ^ (Mask >> (8 * (i % 4))));
    }
}
