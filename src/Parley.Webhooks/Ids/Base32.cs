namespace Parley.Webhooks.Ids;

/// <summary>Crockford's base 32 in lower case: keeps the order of the bytes, has no characters that look alike, and none that a URL escapes.</summary>
internal static class Base32
{
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
    private const int BitsPerCharacter = 5;

    public static int LengthOf(int bytes) => ((bytes * 8) + BitsPerCharacter - 1) / BitsPerCharacter;

    public static string Encode(ReadOnlySpan<byte> bytes) => string.Create(LengthOf(bytes.Length), bytes, static (text, source) =>
    {
        var (bits, count, next) = (0u, 0, 0);
        foreach (ref var character in text)
        {
            if (count < BitsPerCharacter)
            {
                bits = (bits << 8) | (next < source.Length ? source[next++] : 0u);
                count += 8;
            }

            count -= BitsPerCharacter;
            character = Alphabet[(int)((bits >> count) & 31)];
        }
    });

    /// <summary>Reads what <see cref="Encode"/> wrote, and nothing else: each value has one text.</summary>
    public static bool TryDecode(ReadOnlySpan<char> text, Span<byte> bytes)
    {
        if (text.Length != LengthOf(bytes.Length))
            return false;

        var (bits, count, next) = (0u, 0, 0);
        foreach (var character in text)
        {
            var value = Alphabet.IndexOf(character, StringComparison.Ordinal);
            if (value < 0)
                return false;
            bits = (bits << BitsPerCharacter) | (uint)value;
            count += BitsPerCharacter;
            if (count < 8 || next == bytes.Length)
                continue;
            count -= 8;
            bytes[next++] = (byte)(bits >> count);
        }

        return (bits & ((1u << count) - 1)) == 0;
    }
}
