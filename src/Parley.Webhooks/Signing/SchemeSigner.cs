using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using NSec.Cryptography;
using Parley.Webhooks.Verification;

namespace Parley.Webhooks.Signing;

/// <summary>Signs as a <see cref="SignatureScheme"/> declares.</summary>
internal static class SchemeSigner
{
    private const int SeedBytes = 32;

    /// <summary>The headers of a request.</summary>
    /// <param name="scheme">What to do.</param>
    /// <param name="secrets">Newest first.</param>
    /// <param name="input">The request.</param>
    public static IEnumerable<KeyValuePair<string, string>> Sign(SignatureScheme scheme, IReadOnlyList<string> secrets, SigningInput input)
    {
        // What is signed is what the receiver sees; headers are shown to others too.
        var shownUrl = input.ShownUrl ?? input.Url;
        var content = Content(scheme.Content, input);
        var signing = scheme.Separator is null ? secrets.Take(1) : secrets;
        var signatures = signing.Select(secret => scheme.SignaturePrefix + Encode(scheme.Encoding, Sign(scheme.Algorithm, KeyOf(scheme, secret), content)));
        var headers = new List<KeyValuePair<string, string>>
        {
            new(scheme.Header, Fill(scheme.Prefix, input, shownUrl) + string.Join(scheme.Separator, signatures)),
        };
        foreach (var (name, template) in scheme.Headers)
            headers.Add(new(name, Fill(template, input, shownUrl)));
        return headers;
    }

    /// <summary>Why a secret is no key of a scheme; null when it is. The secret is not in the text.</summary>
    public static string? WhyNoKey(SignatureScheme scheme, string secret)
    {
        if (secret.Length is 0 or > 1024)
            return "a secret has 1 to 1024 characters";
        if (scheme.Algorithm is not SignatureAlgorithm.Ed25519 && secret.StartsWith(WebhookKey.PrivateKeyPrefix, StringComparison.Ordinal))
            return "a private key is no secret to share with a receiver";
        try
        {
            var key = KeyOf(scheme, secret);
            return scheme.Algorithm is SignatureAlgorithm.Ed25519 && key.Length != SeedBytes ? "an Ed25519 key has 32 bytes" : null;
        }
        catch (FormatException)
        {
            return $"the secret is not {(scheme.KeyEncoding is BytesEncoding.Hex ? "hex" : "base64")}";
        }
    }

    /// <summary>What verifies the signatures of an Ed25519 scheme.</summary>
    public static byte[] PublicKeyOf(SignatureScheme scheme, string secret)
    {
        using var key = Key.Import(NSec.Cryptography.SignatureAlgorithm.Ed25519, KeyOf(scheme, secret), KeyBlobFormat.RawPrivateKey);
        return key.PublicKey.Export(KeyBlobFormat.RawPublicKey);
    }

    private static byte[] KeyOf(SignatureScheme scheme, string secret) => scheme.KeyEncoding switch
    {
        BytesEncoding.Hex => Convert.FromHexString(secret),
        BytesEncoding.Base64 => Convert.FromBase64String(secret),
        _ => Encoding.UTF8.GetBytes(secret),
    };

    // SHA-1 is weak against collisions, not as a keyed hash; some receivers know nothing else.
#pragma warning disable CA5350
    private static byte[] Sign(SignatureAlgorithm algorithm, byte[] key, byte[] content) => algorithm switch
    {
        SignatureAlgorithm.HmacSha1 => HMACSHA1.HashData(key, content),
        SignatureAlgorithm.HmacSha512 => HMACSHA512.HashData(key, content),
        SignatureAlgorithm.Ed25519 => SignEd25519(key, content),
        _ => HMACSHA256.HashData(key, content),
    };
#pragma warning restore CA5350

    private static byte[] SignEd25519(byte[] seed, byte[] content)
    {
        using var key = Key.Import(NSec.Cryptography.SignatureAlgorithm.Ed25519, seed, KeyBlobFormat.RawPrivateKey);
        return NSec.Cryptography.SignatureAlgorithm.Ed25519.Sign(key, content);
    }

    private static string Encode(BytesEncoding encoding, byte[] signature) =>
        encoding is BytesEncoding.Base64 ? Convert.ToBase64String(signature) : Convert.ToHexStringLower(signature);

    private static byte[] Content(string template, SigningInput input)
    {
        const string Body = "{body}";
        var at = template.IndexOf(Body, StringComparison.Ordinal);
        if (at < 0)
            return Encoding.UTF8.GetBytes(Fill(template, input, input.Url));
        // The body is bytes and stays so: as text it might change.
        return [.. Encoding.UTF8.GetBytes(Fill(template[..at], input, input.Url)), .. input.Body, .. Encoding.UTF8.GetBytes(Fill(template[(at + Body.Length)..], input, input.Url))];
    }

    /// <summary>In one pass: what a value holds is not taken for a template.</summary>
    private static string Fill(string template, SigningInput input, string url)
    {
        if (!template.Contains('{', StringComparison.Ordinal))
            return template;

        var text = new StringBuilder(template.Length + 64);
        for (var index = 0; index < template.Length; index++)
        {
            var end = template[index] == '{' ? template.IndexOf('}', index) : -1;
            var value = end < 0 ? null : template[(index + 1)..end] switch
            {
                "id" => input.Id,
                "timestamp" => input.Timestamp.ToString(CultureInfo.InvariantCulture),
                "url" => url,
                "method" => input.Method,
                "eventType" => input.EventType,
                _ => null,
            };
            if (value is null)
            {
                text.Append(template[index]);
                continue;
            }

            text.Append(value);
            index = end;
        }

        return text.ToString();
    }
}
