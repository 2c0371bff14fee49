namespace Parley.Webhooks.Outbound.Sending;

/// <summary>Takes secrets out of what is shown.</summary>
internal static class Masking
{
    public const string Mask = "***";

    /// <summary>Shorter ones say little, and stand in many an innocent word.</summary>
    private const int Shortest = 6;

    public static string Hide(string text, IReadOnlyList<string> secrets)
    {
        foreach (var secret in secrets)
        {
            if (secret.Length >= Shortest)
                text = text.Replace(secret, Mask, StringComparison.Ordinal);
        }

        return text;
    }
}
