using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace RawPipe;

/// <summary>The request that makes a connection a WebSocket, at any path.</summary>
internal static class Upgrade
{
    private const string KeyHeader = "\r\nSec-WebSocket-Key:";

    /// <summary>Takes the request and makes the response, null when it asks for something else; false when it is not complete.</summary>
    public static bool TryRead(ref ReadOnlySequence<byte> buffer, out byte[]? response)
    {
        response = null;
        var reader = new SequenceReader<byte>(buffer);
        if (!reader.TryReadTo(out ReadOnlySequence<byte> head, "\r\n\r\n"u8))
            return false;

        buffer = reader.UnreadSequence;
        var text = Encoding.ASCII.GetString(head) + "\r\n";
        var start = text.IndexOf(KeyHeader, StringComparison.OrdinalIgnoreCase);
        if (start >= 0)
        {
            start += KeyHeader.Length;
            var key = text[start..text.IndexOf('\r', start)].Trim();
            var accept = Convert.ToBase64String(Sha1(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"));
            response = Encoding.ASCII.GetBytes(
                $"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n");
        }

        return true;
    }

#pragma warning disable CA5350 // RFC 6455 wants it; nothing is kept secret by it
    private static byte[] Sha1(string text) => SHA1.HashData(Encoding.ASCII.GetBytes(text));
#pragma warning restore CA5350
}
