namespace Parley.Webhooks.Transformations;

/// <summary>Makes text of others fit for a log.</summary>
internal static class OneLine
{
    /// <summary>The beginning of a text, with spaces for control characters and line ends.</summary>
    public static string Of(string text, int maxLength)
    {
        var length = Math.Min(text.Length, maxLength);
        if (length < text.Length && length > 0 && char.IsHighSurrogate(text[length - 1])) length--;

        return string.Create(length, text, static (line, text) =>
        {
            for (var i = 0; i < line.Length; i++)
                line[i] = char.IsControl(text[i]) || text[i] is '\u2028' or '\u2029' ? ' ' : text[i];
        });
    }
}
