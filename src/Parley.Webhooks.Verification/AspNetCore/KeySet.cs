namespace Parley.Webhooks.Verification.AspNetCore;

/// <summary>Keys and the texts they were read from.</summary>
internal sealed class KeySet
{
    private const int MaxKeys = 32;

    private readonly string[] _texts;

    private KeySet(string[] texts, WebhookKey[] keys) => (_texts, Keys) = (texts, keys);

    public IReadOnlyList<WebhookKey> Keys { get; }

    public static KeySet? TryRead(IEnumerable<string>? texts, out string? problem)
    {
        string[] copy = [.. texts ?? []];
        var keys = new WebhookKey[copy.Length];
        problem = copy.Length is 0 or > MaxKeys ? "Give one to 32 keys." : null;
        for (var index = 0; index < keys.Length && problem is null; index++)
            WebhookKey.TryParse(copy[index], out keys[index]!, out problem);
        return problem is null ? new KeySet(copy, keys) : null;
    }

    public bool IsOf(IEnumerable<string> texts) => _texts.SequenceEqual(texts, StringComparer.Ordinal);
}
