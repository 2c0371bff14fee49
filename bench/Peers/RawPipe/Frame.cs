using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace RawPipe;

/// <summary>Frames of WebSockets (RFC 6455, section 5.2): reads masked ones of one message each, makes unmasked ones.</summary>
internal static class Frame
{
    public const int Text = 1;
    public const int Close = 8;
    public const int Ping = 9;
    public const int Pong = 10;

    private const int MaxPayload = ushort.MaxValue;

    /// <summary>Takes the first frame of what has arrived; false when it is not complete.</summary>
    /// <param name="buffer">What has arrived; afterwards what follows the frame.</param>
    /// <param name="scratch">Where the payload is put; grows when it is too short.</param>
    /// <param name="opcode">Of the frame; -1 when it is none that is understood here.</param>
    /// <param name="payload">Unmasked.</param>
    public static bool TryRead(ref ReadOnlySequence<byte> buffer, ref byte[] scratch, out int opcode, out ReadOnlySpan<byte> payload)
    {
        opcode = -1;
        payload = default;
        Span<byte> header = stackalloc byte[8];
        var available = (int)Math.Min(buffer.Length, header.Length);
        buffer.Slice(0, available).CopyTo(header);
        if (available < 2)
            return false;

        var length = header[1] & 0x7F;
        var start = 6;
        if (length == 126)
        {
            if (available < 4)
                return false;

            length = BinaryPrimitives.ReadUInt16BigEndian(header[2..]);
            start = 8;
        }

        if ((header[1] & 0x80) == 0 || (header[0] & 0xF0) != 0x80 || length == 127)
            return true; // not masked, not final, an extension, or too long

        if (buffer.Length < start + length)
            return false;

        if (scratch.Length < length)
            scratch = new byte[Math.Min(MaxPayload, length * 2)];

        var frame = scratch.AsSpan(0, length);
        buffer.Slice(start, length).CopyTo(frame);
        Unmask(frame, header[(start - 4)..start]);
        buffer = buffer.Slice(start + length);
        opcode = header[0] & 0x0F;
        payload = frame;
        return true;
    }

    /// <summary>Makes a final frame; all who get it share it.</summary>
    public static byte[] Encode(int opcode, ReadOnlySpan<byte> payload)
    {
        var header = payload.Length < 126 ? 2 : 4;
        var frame = new byte[header + payload.Length];
        frame[0] = (byte)(0x80 | opcode);
        frame[1] = header == 2 ? (byte)payload.Length : (byte)126;
        if (header == 4)
            BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(2), checked((ushort)payload.Length));

        payload.CopyTo(frame.AsSpan(header));
        return frame;
    }

    private static void Unmask(Span<byte> payload, ReadOnlySpan<byte> key)
    {
        var mask = MemoryMarshal.Read<uint>(key);
        var words = MemoryMarshal.Cast<byte, uint>(payload);
        foreach (ref var word in words)
            word ^= mask;

        for (var i = words.Length * sizeof(uint); i < payload.Length; i++)
            payload[i] ^= key[i % 4];
    }
}
