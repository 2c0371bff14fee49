using System.Globalization;

namespace Parley.Diagnostics;

/// <summary>Makes text of strangers fit for a log: one line, nothing invisible, not long.</summary>
internal static class LogText
{
    private const int MaxLength = 200;

    /// <summary>The text with a question mark for every character that could change or hide a line, cut at 200 characters.</summary>
    public static string Clean(string text)
    {
        if (text.Length <= MaxLength && !text.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            return text;
        var cut = text.Length > MaxLength ? string.Concat(text.AsSpan(0, MaxLength), "...") : text;
        return string.Create(cut.Length, cut, static (span, source) =>
        {
            for (var i = 0; i < span.Length; i++)
                span[i] = IsHarmless(source[i]) ? source[i] : '?';
        });
    }

    private static bool IsHarmless(char character) => char.GetUnicodeCategory(character) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);
}
