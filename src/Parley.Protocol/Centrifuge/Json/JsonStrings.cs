using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Parley.Protocol.Centrifuge.Json;

/// <summary>Values of JSON strings whose content has been checked.</summary>
internal static class JsonStrings
{
    private const int StackLimit = 256;

    public static string Decode(ReadOnlySpan<byte> content, bool hasEscapes)
    {
        if (!hasEscapes) return Encoding.UTF8.GetString(content);
        var rented = content.Length > StackLimit ? ArrayPool<byte>.Shared.Rent(content.Length) : null;
        Span<byte> buffer = rented is null ? stackalloc byte[StackLimit] : rented;
        var value = Encoding.UTF8.GetString(buffer[..Unescape(content, buffer)]);
        if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
        return value;
    }

    /// <summary>Writes the value of a string in UTF-8.</summary>
    /// <param name="content">Valid content with escapes.</param>
    /// <param name="destination">At least as long as the content: a value is never longer.</param>
    /// <returns>Length of the value.</returns>
    public static int Unescape(ReadOnlySpan<byte> content, Span<byte> destination)
    {
        var written = 0;
        while (true)
        {
            var run = content.IndexOf((byte)'\\');
            if (run < 0) break;
            content[..run].CopyTo(destination[written..]);
            written += run;
            if (content[run + 1] == (byte)'u')
            {
                written += UnescapeUnicode(content[run..], destination[written..], out var length);
                content = content[(run + length)..];
                continue;
            }

            destination[written++] = content[run + 1] switch
            {
                (byte)'b' => (byte)'\b',
                (byte)'f' => (byte)'\f',
                (byte)'n' => (byte)'\n',
                (byte)'r' => (byte)'\r',
                (byte)'t' => (byte)'\t',
                var itself => itself,
            };
            content = content[(run + 2)..];
        }

        content.CopyTo(destination[written..]);
        return written + content.Length;
    }

    public static bool TryParseHex(ReadOnlySpan<byte> digits, out char unit)
    {
        // Not by ushort.TryParse, which takes zero bytes behind the digits for part of the number.
        var isHex = Utf8Parser.TryParse(digits, out ushort value, out var length, 'x') && length == digits.Length;
        unit = (char)value;
        return isHex;
    }

    private static int UnescapeUnicode(ReadOnlySpan<byte> escape, Span<byte> destination, out int length)
    {
        TryParseHex(escape.Slice(2, 4), out var unit);
        length = 6;
        if (!char.IsHighSurrogate(unit)) return new Rune(unit).EncodeToUtf8(destination);
        TryParseHex(escape.Slice(8, 4), out var low);
        length = 12;
        return new Rune(unit, low).EncodeToUtf8(destination);
    }
}
