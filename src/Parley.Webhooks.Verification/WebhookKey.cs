using System.Diagnostics.CodeAnalysis;
using Parley.Webhooks.Verification.Keys;

namespace Parley.Webhooks.Verification;

/// <summary>A key of Standard Webhooks: signs, verifies, or both. Immutable and thread-safe.</summary>
/// <remarks>
/// The texts are those of the specification (Standard Webhooks 1.0.0, "Signature scheme"): <c>whsec_</c> and base64 of 24 to 64 bytes for
/// HMAC-SHA256 (v1), <c>whsk_</c> and base64 of an Ed25519 seed with its public key, and <c>whpk_</c> and base64 of that public key (v1a).
/// </remarks>
public abstract class WebhookKey
{
    /// <summary>Prefix of a shared secret.</summary>
    public const string SecretPrefix = "whsec_";

    /// <summary>Prefix of a private key.</summary>
    public const string PrivateKeyPrefix = "whsk_";

    /// <summary>Prefix of a public key.</summary>
    public const string PublicKeyPrefix = "whpk_";

    private protected WebhookKey()
    {
    }

    /// <summary>Version that signatures of this key carry: <c>v1</c> or <c>v1a</c>.</summary>
    public abstract string Version { get; }

    /// <summary>Whether the key can sign; a public key only verifies.</summary>
    public abstract bool CanSign { get; }

    /// <summary>The key for those who verify: the public key of a private one, otherwise the key itself.</summary>
    public abstract WebhookKey VerificationKey { get; }

    /// <summary>Makes a shared secret of 32 random bytes.</summary>
    public static WebhookKey CreateSecret() => HmacKey.Create();

    /// <summary>Makes an Ed25519 private key.</summary>
    public static WebhookKey CreatePrivateKey() => Ed25519PrivateKey.Create();

    /// <summary>Reads a key.</summary>
    /// <param name="text">With its prefix; a text without any is taken for base64 of a shared secret, as the reference libraries do.</param>
    /// <exception cref="FormatException">It is not a key; the message never contains it.</exception>
    public static WebhookKey Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out var key, out var problem) ? key : throw new FormatException(problem);
    }

    /// <summary>Reads a key.</summary>
    /// <param name="text">With its prefix; a text without any is taken for base64 of a shared secret.</param>
    /// <param name="key">The key when this returns true.</param>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out WebhookKey? key) => TryParse(text, out key, out _);

    /// <summary>Signs one attempt.</summary>
    /// <param name="id">Value of the header <c>webhook-id</c>: 1 to 256 visible ASCII characters, no full stop.</param>
    /// <param name="timestamp">Unix time of the attempt, seconds.</param>
    /// <param name="body">The body's bytes as they are sent.</param>
    /// <returns>One element of the header <c>webhook-signature</c>, as <c>v1,K5oZ…</c>.</returns>
    /// <exception cref="ArgumentException"><paramref name="id"/> would make the signed text ambiguous.</exception>
    /// <exception cref="InvalidOperationException"><see cref="CanSign"/> is false.</exception>
    public string Sign(string id, long timestamp, ReadOnlySpan<byte> body)
    {
        ArgumentNullException.ThrowIfNull(id);
        if (!SignedContent.IsId(id))
            throw new ArgumentException("A webhook id has 1 to 256 visible ASCII characters and no full stop.", nameof(id));
        using var content = SignedContent.Of(id, timestamp, body);
        return $"{Version},{Convert.ToBase64String(Sign(content.Bytes))}";
    }

    /// <summary>The key as text; keep it secret unless it is a public one.</summary>
    public abstract string Export();

    /// <summary>Names the kind of key, never the key.</summary>
    public sealed override string ToString() => $"{GetType().Name} ({Version})";

    internal static bool TryParse(string? text, [NotNullWhen(true)] out WebhookKey? key, [NotNullWhen(false)] out string? problem)
    {
        key = null;
        if (string.IsNullOrEmpty(text))
        {
            problem = "The key is empty.";
            return false;
        }

        key = text switch
        {
            _ when text.StartsWith(PrivateKeyPrefix, StringComparison.Ordinal) => Ed25519PrivateKey.TryRead(text.AsSpan(PrivateKeyPrefix.Length)),
            _ when text.StartsWith(PublicKeyPrefix, StringComparison.Ordinal) => Ed25519PublicKey.TryRead(text.AsSpan(PublicKeyPrefix.Length)),
            _ when text.StartsWith(SecretPrefix, StringComparison.Ordinal) => HmacKey.TryRead(text.AsSpan(SecretPrefix.Length)),
            _ => HmacKey.TryRead(text),
        };
        problem = key is null
            ? "A key is whsec_ and base64 of 24 to 64 bytes, whsk_ and base64 of 64 bytes, or whpk_ and base64 of 32 bytes."
            : null;
        return key is not null;
    }

    internal abstract byte[] Sign(ReadOnlySpan<byte> content);

    internal abstract bool Verify(ReadOnlySpan<byte> content, ReadOnlySpan<byte> signature);
}
