using System.Security.Cryptography;
using NSec.Cryptography;

namespace Parley.Webhooks.Verification.Keys;

/// <summary>A private key: seed and public key, as libsodium keeps them.</summary>
internal sealed class Ed25519PrivateKey : WebhookKey
{
    private const int SeedBytes = 32;
    private const int KeyBytes = 64;

    private readonly Key _key;
    private readonly Ed25519PublicKey _public;

    private Ed25519PrivateKey(Key key) => (_key, _public) = (key, new Ed25519PublicKey(key.PublicKey));

    public override string Version => "v1a";

    public override bool CanSign => true;

    public override WebhookKey VerificationKey => _public;

    public static Ed25519PrivateKey Create() => new(Import(RandomNumberGenerator.GetBytes(SeedBytes))!);

    /// <returns>Null also when the public half is not that of the seed: its signatures would fit no key that was handed out.</returns>
    public static Ed25519PrivateKey? TryRead(ReadOnlySpan<char> base64)
    {
        if (Base64Text.Read(base64) is not { Length: KeyBytes } bytes || Import(bytes.AsSpan(0, SeedBytes)) is not { } key)
            return null;
        return bytes.AsSpan(SeedBytes).SequenceEqual(key.PublicKey.Export(KeyBlobFormat.RawPublicKey)) ? new Ed25519PrivateKey(key) : null;
    }

    public override string Export() => PrivateKeyPrefix
        + Convert.ToBase64String([.. _key.Export(KeyBlobFormat.RawPrivateKey), .. _key.PublicKey.Export(KeyBlobFormat.RawPublicKey)]);

    internal override byte[] Sign(ReadOnlySpan<byte> content) => SignatureAlgorithm.Ed25519.Sign(_key, content);

    internal override bool Verify(ReadOnlySpan<byte> content, ReadOnlySpan<byte> signature) => _public.Verify(content, signature);

    private static Key? Import(ReadOnlySpan<byte> seed) => Key.TryImport(SignatureAlgorithm.Ed25519, seed, KeyBlobFormat.RawPrivateKey,
        out var key, new KeyCreationParameters { ExportPolicy = KeyExportPolicies.AllowPlaintextExport }) ? key : null;
}
