using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace Parley.AspNetCore.Authentication;

/// <summary>The three parts of a JSON Web Token, before anything in it is believed.</summary>
internal readonly ref struct CompactToken
{
    /// <summary>Longest token that is looked at, in characters. A client's message is 64 KiB by default.</summary>
    public const int MaxLength = 16 * 1024;

    private static readonly SearchValues<char> Alphabet =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.");

    private static readonly JsonDocumentOptions HeaderOptions = new() { AllowDuplicateProperties = false, MaxDepth = 8 };

    private CompactToken(string algorithm, byte[] signedContent, byte[] payload, byte[] signature)
    {
        Algorithm = algorithm;
        SignedContent = signedContent;
        Payload = payload;
        Signature = signature;
    }

    /// <summary>The <c>alg</c> header: a wish of whoever made the token, to be checked against what the key allows.</summary>
    public string Algorithm { get; }

    public byte[] SignedContent { get; }

    public byte[] Payload { get; }

    public byte[] Signature { get; }

    /// <exception cref="InvalidTokenException">It is not a signed token.</exception>
    public static CompactToken Parse(string token)
    {
        if (token.Length is 0 or > MaxLength)
            throw new InvalidTokenException("its length");
        // One token has one spelling: the decoder alone would also take padding and white space.
        if (token.AsSpan().ContainsAnyExcept(Alphabet))
            throw new InvalidTokenException("its characters");
        var first = token.IndexOf('.', StringComparison.Ordinal);
        var last = token.LastIndexOf('.');
        if (first < 0 || last == first || token.AsSpan(first + 1, last - first - 1).Contains('.'))
            throw new InvalidTokenException("its parts");

        return new CompactToken(
            ReadAlgorithm(Decode(token.AsSpan(0, first))),
            Encoding.ASCII.GetBytes(token, 0, last),
            Decode(token.AsSpan(first + 1, last - first - 1)),
            Decode(token.AsSpan(last + 1)));
    }

    private static byte[] Decode(ReadOnlySpan<char> part)
    {
        try
        {
            return part.IsEmpty ? throw new InvalidTokenException("an empty part") : Base64Url.DecodeFromChars(part);
        }
        catch (FormatException)
        {
            throw new InvalidTokenException("its base64url");
        }
    }

    // Of the header only `alg` and `crit` count. `kid` could choose among several keys of one kind, of which there is one;
    // `jku`, `x5u`, `jwk` and `x5c` bring or fetch a key of the sender's choice and are not looked at.
    private static string ReadAlgorithm(byte[] header)
    {
        try
        {
            using var document = JsonDocument.Parse(header, HeaderOptions);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
                throw new InvalidTokenException("its header");
            if (root.TryGetProperty("crit", out _))
                throw new InvalidTokenException("header crit");
            return root.TryGetProperty("alg", out var algorithm) && algorithm.ValueKind == JsonValueKind.String
                ? algorithm.GetString()!
                : throw new InvalidTokenException("header alg");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new InvalidTokenException("its header");
        }
    }
}
