using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Parley.Testing;

/// <summary>One WebSocket frame, written by the RFC and not by the code under test, so that it can be as wrong as a test wants.</summary>
/// <param name="Opcode">0 continuation, 1 text, 2 binary, 8 close, 9 ping, 10 pong; others are reserved.</param>
/// <param name="Payload">Unmasked.</param>
public sealed record RawWebSocketFrame(byte Opcode, byte[] Payload)
{
    public const byte Continuation = 0, TextFrame = 1, BinaryFrame = 2, CloseFrame = 8, PingFrame = 9, PongFrame = 10;

    public bool IsFinal { get; init; } = true;

    /// <summary>The three reserved bits as a number, 0 to 7.</summary>
    public byte Reserved { get; init; }

    public bool IsMasked { get; init; } = true;

    /// <summary>Length that the header claims, when it is not that of the payload.</summary>
    public ulong? ClaimedLength { get; init; }

    /// <summary>Bytes of the length field: 0, 2 or 8, when it is not the shortest form.</summary>
    public int? LengthBytes { get; init; }

    /// <summary>The payload as text.</summary>
    public string Text => Encoding.UTF8.GetString(Payload);

    /// <summary>The code of a close frame; null when it has none.</summary>
    public int? CloseCode => Payload.Length >= 2 ? BinaryPrimitives.ReadUInt16BigEndian(Payload) : null;

    /// <summary>The reason of a close frame.</summary>
    public string CloseReason => Payload.Length > 2 ? Encoding.UTF8.GetString(Payload.AsSpan(2)) : "";

    public static RawWebSocketFrame OfText(string text, bool isFinal = true) =>
        new(TextFrame, Encoding.UTF8.GetBytes(text)) { IsFinal = isFinal };

    public static RawWebSocketFrame OfContinuation(string text, bool isFinal = true) =>
        new(Continuation, Encoding.UTF8.GetBytes(text)) { IsFinal = isFinal };

    public static RawWebSocketFrame OfPing(string text) => new(PingFrame, Encoding.UTF8.GetBytes(text));

    public static RawWebSocketFrame OfClose(int code, string reason = "")
    {
        var payload = new byte[2 + Encoding.UTF8.GetByteCount(reason)];
        BinaryPrimitives.WriteUInt16BigEndian(payload, (ushort)code);
        Encoding.UTF8.GetBytes(reason, payload.AsSpan(2));
        return new RawWebSocketFrame(CloseFrame, payload);
    }

    /// <summary>The frame's bytes, masked with a fresh key when it is masked.</summary>
    public byte[] ToBytes()
    {
        var length = ClaimedLength ?? (ulong)Payload.Length;
        var lengthBytes = LengthBytes ?? (length switch { < 126 => 0, <= ushort.MaxValue => 2, _ => 8 });
        using var bytes = new MemoryStream();
        bytes.WriteByte((byte)((IsFinal ? 0x80 : 0) | (Reserved << 4) | Opcode));
        var shortLength = lengthBytes switch { 2 => 126, 8 => 127, _ => (int)length };
        bytes.WriteByte((byte)((IsMasked ? 0x80 : 0) | shortLength));
        for (var i = lengthBytes - 1; i >= 0; i--) bytes.WriteByte((byte)(length >> (8 * i)));
        if (!IsMasked)
        {
            bytes.Write(Payload);
            return bytes.ToArray();
        }

        var key = RandomNumberGenerator.GetBytes(4);
        bytes.Write(key);
        for (var i = 0; i < Payload.Length; i++) bytes.WriteByte((byte)(Payload[i] ^ key[i % 4]));
        return bytes.ToArray();
    }
}
