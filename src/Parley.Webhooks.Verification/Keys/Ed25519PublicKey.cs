using NSec.Cryptography;

namespace Parley.Webhooks.Verification.Keys;

/// <summary>A public key: verifies Ed25519 (RFC 8032, 5.1; the plain variant).</summary>
internal sealed class Ed25519PublicKey : WebhookKey
{
    private readonly PublicKey _key;

    public Ed25519PublicKey(PublicKey key) => _key = key;

    public override string Version => "v1a";

    public override bool CanSign => false;

    public override WebhookKey VerificationKey => this;

    public static Ed25519PublicKey? TryRead(ReadOnlySpan<char> base64) =>
        Base64Text.Read(base64) is { } bytes && PublicKey.TryImport(SignatureAlgorithm.Ed25519, bytes, KeyBlobFormat.RawPublicKey, out var key)
            ? new Ed25519PublicKey(key!)
            : null;

    public override string Export() => PublicKeyPrefix + Convert.ToBase64String(_key.Export(KeyBlobFormat.RawPublicKey));

    internal override byte[] Sign(ReadOnlySpan<byte> content) => throw new InvalidOperationException("A public key cannot sign.");

    internal override bool Verify(ReadOnlySpan<byte> content, ReadOnlySpan<byte> signature) =>
        signature.Length == SignatureAlgorithm.Ed25519.SignatureSize && SignatureAlgorithm.Ed25519.Verify(_key, content, signature);
}
