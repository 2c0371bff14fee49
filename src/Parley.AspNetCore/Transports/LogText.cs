using Microsoft.Extensions.Primitives;

namespace Parley.AspNetCore.Transports;

/// <summary>Text of a client on its way into a log: one line, no control characters, not long.</summary>
internal static class LogText
{
    private const int MaxLength = 200;

    public static string? Clean(StringValues value)
    {
        if (value.Count == 0) return null;

        var text = value.ToString();
        if (text.Length > MaxLength) text = string.Concat(text.AsSpan(0, MaxLength), "...");
        return string.Create(text.Length, text, static (span, source) =>
        {
            for (var i = 0; i < span.Length; i++) span[i] = char.IsAscii(source[i]) && !char.IsControl(source[i]) ? source[i] : '?';
        });
    }
}
