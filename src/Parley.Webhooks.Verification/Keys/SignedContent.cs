using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Parley.Webhooks.Verification.Keys;

/// <summary>What a signature is over: <c>ID.TIMESTAMP.BODY</c>.</summary>
internal readonly ref struct SignedContent
{
    private const int MaxId = 256;
    private const int MaxTimestamp = 20;

    private readonly byte[] _rented;
    private readonly int _length;

    private SignedContent(byte[] rented, int length) => (_rented, _length) = (rented, length);

    public ReadOnlySpan<byte> Bytes => _rented.AsSpan(0, _length);

    /// <summary>Whether an id leaves the signed text unambiguous and fits a header.</summary>
    public static bool IsId(ReadOnlySpan<char> id) =>
        id.Length is > 0 and <= MaxId && !id.ContainsAnyExceptInRange('!', '~') && !id.Contains('.');

    public static SignedContent Of(string id, long timestamp, ReadOnlySpan<byte> body)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(id.Length + MaxTimestamp + 2 + body.Length);
        var length = Encoding.ASCII.GetBytes(id, buffer);
        buffer[length++] = (byte)'.';
        Utf8Formatter.TryFormat(timestamp, buffer.AsSpan(length), out var digits);
        length += digits;
        buffer[length++] = (byte)'.';
        body.CopyTo(buffer.AsSpan(length));
        return new SignedContent(buffer, length + body.Length);
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_rented);
}
