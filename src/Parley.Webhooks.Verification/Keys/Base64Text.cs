namespace Parley.Webhooks.Verification.Keys;

/// <summary>Reads base64 as senders write it: padded or not.</summary>
internal static class Base64Text
{
    private const int MaxBytes = 256;

    /// <returns>The bytes; null when it is not base64 or longer than any key.</returns>
    public static byte[]? Read(ReadOnlySpan<char> text)
    {
        text = text.TrimEnd('=');
        if (text.Length is 0 or > MaxBytes * 4 / 3 || text.Length % 4 == 1)
            return null;

        Span<char> padded = stackalloc char[MaxBytes * 4 / 3 + 4];
        text.CopyTo(padded);
        var length = (text.Length + 3) / 4 * 4;
        padded[text.Length..length].Fill('=');
        Span<byte> bytes = stackalloc byte[MaxBytes + 4];
        return Convert.TryFromBase64Chars(padded[..length], bytes, out var written) ? bytes[..written].ToArray() : null;
    }
}
