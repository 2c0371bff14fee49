using System.Buffers.Binary;
using System.Text;
using Parley.Sessions;

namespace Parley.AspNetCore.Transports.WebSockets;

/// <summary>Makes server frames: final, unmasked, header and payload in one array. Source: RFC 6455, section 5.2.</summary>
internal static class WebSocketFrameWriter
{
    /// <summary>Most bytes of a close reason: a control frame holds 125, two of them are the code.</summary>
    public const int MaxReasonBytes = 123;

    /// <summary>A ping without payload.</summary>
    public static readonly Frame EmptyPing = Create(WebSocketOpcode.Ping, []);

    public static Frame Create(WebSocketOpcode opcode, ReadOnlySpan<byte> payload)
    {
        var headerLength = payload.Length switch { < 126 => 2, <= ushort.MaxValue => 4, _ => 10 };
        var bytes = GC.AllocateUninitializedArray<byte>(checked(headerLength + payload.Length));
        bytes[0] = (byte)(0x80 | (byte)opcode);
        switch (headerLength)
        {
            case 2:
                bytes[1] = (byte)payload.Length;
                break;
            case 4:
                bytes[1] = 126;
                BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2), (ushort)payload.Length);
                break;
            default:
                bytes[1] = 127;
                BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(2), (ulong)payload.Length);
                break;
        }

        payload.CopyTo(bytes.AsSpan(headerLength));
        return new Frame(bytes);
    }

    /// <summary>Makes a close frame.</summary>
    /// <param name="code">Code for the wire; with <see cref="WebSocketCloseCode.None"/> the frame has no payload.</param>
    /// <param name="reason">Cut to <see cref="MaxReasonBytes"/> of UTF-8, between two characters.</param>
    public static Frame Close(ushort code, string reason)
    {
        if (code == WebSocketCloseCode.None) return Create(WebSocketOpcode.Close, []);

        Span<byte> payload = stackalloc byte[2 + MaxReasonBytes];
        BinaryPrimitives.WriteUInt16BigEndian(payload, code);
        // The encoder stops before a character that does not fit; a lone surrogate becomes U+FFFD.
        Encoding.UTF8.GetEncoder().Convert(reason, payload[2..], flush: true, out _, out var written, out _);
        return Create(WebSocketOpcode.Close, payload[..(2 + written)]);
    }
}
