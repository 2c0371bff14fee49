namespace Parley.Server.Configuration;

/// <summary>Which configuration keys hold secrets, so that their values are never shown.</summary>
internal static class SecretKeys
{
    public const string Mask = "***";

    private static readonly string[] Names = ["HmacSecret", "Keys", "ConnectionString", "EncryptionKey", "Password"];

    /// <summary>Whether a key, or a list or section it lies in, holds a secret.</summary>
    public static bool Contains(string key)
        => key.Split(ConfigurationPath.KeyDelimiter).Any(static part => Names.Contains(part, StringComparer.OrdinalIgnoreCase));

    /// <summary>What of a value may be shown: nothing when its key holds a secret.</summary>
    public static string? Visible(string key, string? value) => Contains(key) ? null : value;
}
