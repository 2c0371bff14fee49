namespace Chat.Messages;

/// <summary>What a browser posts.</summary>
/// <param name="Key">Made by the browser, 1 to 64 characters, and the same when it tries again.</param>
/// <param name="Text">Plain text, 1 to 2,000 characters.</param>
internal sealed record NewMessage(string Key, string Text)
{
    public const int MaxLength = 2_000;
    private const int MaxKeyLength = 64;

    /// <summary>What is wrong with it; null when nothing is.</summary>
    public string? Validate()
    {
        if (string.IsNullOrEmpty(Key) || Key.Length > MaxKeyLength)
            return $"A message needs a key of at most {MaxKeyLength} characters.";
        if (string.IsNullOrWhiteSpace(Text))
            return "A message needs a text.";
        if (Text.Length > MaxLength)
            return $"A message has at most {MaxLength} characters, this one has {Text.Length}.";
        return Text.Any(static character => char.IsControl(character) && character != '\n')
            ? "A message has no control characters but line feeds."
            : null;
    }
}
