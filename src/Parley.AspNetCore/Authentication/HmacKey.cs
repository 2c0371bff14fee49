using System.Text;
using Microsoft.IdentityModel.Tokens;

namespace Parley.AspNetCore.Authentication;

/// <summary>A shared secret, and the only algorithms it may be used with.</summary>
/// <remarks>
/// Thread-safe. A secret must be as long as the hash of its algorithm: 32 bytes for HS256, 48 for HS384, 64 for HS512.
/// Source: RFC 7518 section 3.2.
/// </remarks>
internal sealed class HmacKey
{
    /// <summary>What Parley signs with.</summary>
    public const string IssuingAlgorithm = SecurityAlgorithms.HmacSha256;

    private static readonly (string Algorithm, int KeyBytes)[] Algorithms =
    [
        (SecurityAlgorithms.HmacSha256, 32), (SecurityAlgorithms.HmacSha384, 48), (SecurityAlgorithms.HmacSha512, 64),
    ];

    private readonly Dictionary<string, SignatureProvider> _providers;

    public HmacKey(string secret)
    {
        Secret = secret;
        var bytes = Encoding.UTF8.GetBytes(secret);
        // The library's own cache is static and would keep a secret after its rotation.
        var factory = new CryptoProviderFactory { CacheSignatureProviders = false };
        _providers = Algorithms
            .Where(algorithm => bytes.Length >= algorithm.KeyBytes)
            .ToDictionary(
                algorithm => algorithm.Algorithm,
                algorithm => factory.CreateForSigning(new SymmetricSecurityKey(bytes), algorithm.Algorithm),
                StringComparer.Ordinal);
    }

    public string Secret { get; }

    /// <summary>Whether a token with this <c>alg</c> may be verified with this secret at all.</summary>
    public bool Allows(string algorithm) => _providers.ContainsKey(algorithm);

    /// <summary>Whether the algorithm is one of the three, so that only the secret's length stands against it.</summary>
    public static bool IsKnown(string algorithm) => Algorithms.Any(known => known.Algorithm == algorithm);

    public byte[] Sign(byte[] content) => _providers[IssuingAlgorithm].Sign(content);

    /// <summary>Compares in constant time; a signature that was cut short does not hold.</summary>
    public bool Verify(string algorithm, byte[] content, byte[] signature) =>
        _providers.TryGetValue(algorithm, out var provider) && provider.Verify(content, signature);
}
