using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace Parley.Webhooks.PostgreSql.KeyRing;

/// <summary>AES-256-GCM with a key that is made from <see cref="PostgreSqlWebhookOptions.EncryptionKey"/>: nonce, tag, and what was encrypted.</summary>
internal sealed class KeyRingCipher(IOptions<PostgreSqlWebhookOptions> options)
{
    private const int KeySize = 32;
    private const int NonceSize = 12;
    private const int TagSize = 16;

    private readonly byte[] _key = HKDF.DeriveKey(
        HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(options.Value.EncryptionKey ?? ""), KeySize, info: "Parley.Webhooks.KeyRing.v1"u8.ToArray());

    public byte[] Encrypt(ReadOnlySpan<byte> plain)
    {
        var whole = new byte[NonceSize + TagSize + plain.Length];
        RandomNumberGenerator.Fill(whole.AsSpan(0, NonceSize));
        using var cipher = new AesGcm(_key, TagSize);
        cipher.Encrypt(whole.AsSpan(0, NonceSize), plain, whole.AsSpan(NonceSize + TagSize), whole.AsSpan(NonceSize, TagSize));
        return whole;
    }

    /// <exception cref="CryptographicException">It was encrypted with another key, or changed.</exception>
    public byte[] Decrypt(ReadOnlySpan<byte> whole)
    {
        if (whole.Length < NonceSize + TagSize)
            throw new CryptographicException("A key of the webhooks' key ring is cut short.");
        var plain = new byte[whole.Length - NonceSize - TagSize];
        using var cipher = new AesGcm(_key, TagSize);
        try
        {
            cipher.Decrypt(whole[..NonceSize], whole[(NonceSize + TagSize)..], whole.Slice(NonceSize, TagSize), plain);
        }
        catch (AuthenticationTagMismatchException exception)
        {
            throw new CryptographicException(
                $"The webhooks' key ring was encrypted with another key: {PostgreSqlOptionsCheck.Section}:EncryptionKey must be the same on every node, and as it was.", exception);
        }

        return plain;
    }
}
