using System.Security.Cryptography;

namespace Parley.Webhooks.Verification.Keys;

/// <summary>A shared secret: HMAC-SHA256 with the decoded bytes.</summary>
internal sealed class HmacKey : WebhookKey
{
    private const int MinBytes = 24;
    private const int MaxBytes = 64;
    private const int NewBytes = 32;

    private readonly byte[] _secret;

    private HmacKey(byte[] secret) => _secret = secret;

    public override string Version => "v1";

    public override bool CanSign => true;

    public override WebhookKey VerificationKey => this;

    public static HmacKey Create() => new(RandomNumberGenerator.GetBytes(NewBytes));

    public static HmacKey? TryRead(ReadOnlySpan<char> base64) =>
        Base64Text.Read(base64) is { Length: >= MinBytes and <= MaxBytes } secret ? new HmacKey(secret) : null;

    public override string Export() => SecretPrefix + Convert.ToBase64String(_secret);

    internal override byte[] Sign(ReadOnlySpan<byte> content) => HMACSHA256.HashData(_secret, content);

    internal override bool Verify(ReadOnlySpan<byte> content, ReadOnlySpan<byte> signature)
    {
        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_secret, content, expected);
        return CryptographicOperations.FixedTimeEquals(expected, signature);
    }
}
