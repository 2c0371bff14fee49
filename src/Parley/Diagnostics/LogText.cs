namespace Parley.Diagnostics;

/// <summary>Makes text of strangers fit for a line of a log.</summary>
internal static class LogText
{
    private const int MaxLength = 256;

    /// <summary>The text without control characters, cut at 256 characters.</summary>
    public static string Clean(string text)
    {
        var isClean = text.Length <= MaxLength && !text.AsSpan().ContainsAnyInRange('\0', '\u001F') && !text.AsSpan().ContainsAnyInRange('\u007F', '\u009F');
        return isClean ? text : string.Create(Math.Min(text.Length, MaxLength), text, static (span, text) =>
        {
            for (var i = 0; i < span.Length; i++)
                span[i] = char.IsControl(text[i]) ? '?' : text[i];
        });
    }
}
