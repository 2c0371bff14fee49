namespace Parley.Webhooks.EventTypes;

/// <summary>Names of event types: words of letters, digits and underscores with full stops between them (Standard Webhooks, "Payload").</summary>
internal static class EventTypeName
{
    private const int MaxLength = 128;

    public static bool IsValid(string? name) => name is { Length: > 0 and <= MaxLength } && name.Split('.').All(IsWord);

    /// <summary>A name, or a name whose last word is <c>*</c>, which stands for all words that follow; <c>*</c> alone is every event.</summary>
    public static bool IsPattern(string? pattern) =>
        pattern is "*" || IsValid(pattern) || (pattern is not null && pattern.EndsWith(".*", StringComparison.Ordinal) && IsValid(pattern[..^2]));

    public static bool Matches(string pattern, string name) => pattern is "*" || pattern == name
        || (pattern.EndsWith(".*", StringComparison.Ordinal) && name.AsSpan().StartsWith(pattern.AsSpan(0, pattern.Length - 1), StringComparison.Ordinal));

    private static bool IsWord(string word) => word.Length > 0 && word.All(static character => char.IsAsciiLetterOrDigit(character) || character is '_');
}
