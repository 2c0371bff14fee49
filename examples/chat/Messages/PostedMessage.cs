namespace Chat.Messages;

/// <summary>What subscribers of a room get.</summary>
/// <param name="User">Who wrote it, as the application knows it.</param>
/// <param name="Text">Plain text. Never markup: the page sets it as text.</param>
/// <param name="SentAt">When the application took it.</param>
internal sealed record PostedMessage(string User, string Text, DateTimeOffset SentAt);
