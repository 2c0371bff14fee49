using System.Collections.Concurrent;
using Parley.Webhooks.Verification;

namespace Parley.Webhooks.Secrets;

/// <summary>Keeps secrets that are in use, decrypted and read: a private key lies in memory of its own, of which the system has little.</summary>
internal sealed class SecretCache(ISecretProtector protector)
{
    private const int MaxKept = 10_000;

    private readonly ConcurrentDictionary<string, SigningSecret> _kept = new(StringComparer.Ordinal);

    public SigningSecret Open(string text)
    {
        if (_kept.TryGetValue(text, out var known))
            return known;
        // What is in use comes back at once.
        if (_kept.Count >= MaxKept)
            _kept.Clear();
        return _kept.GetOrAdd(text, new SigningSecret(protector.Unprotect(text)));
    }
}

/// <summary>A secret that signs.</summary>
internal sealed class SigningSecret(string text)
{
    private readonly Lazy<WebhookKey> _key = new(() => WebhookKey.Parse(text));

    public string Text => text;

    /// <exception cref="FormatException">It is not one of Standard Webhooks.</exception>
    public WebhookKey Key => _key.Value;
}
