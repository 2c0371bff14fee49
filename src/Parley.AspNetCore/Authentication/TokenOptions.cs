namespace Parley.AspNetCore.Authentication;

/// <summary>How tokens are verified. Sections <c>Parley:Tokens</c> and <c>Parley:SubscriptionTokens</c>.</summary>
public sealed class TokenOptions
{
    /// <summary>
    /// Secret of HS256, HS384 and HS512 tokens, at least 32 bytes of UTF-8; HS384 needs 48 and HS512 needs 64 (RFC 7518). Null: such
    /// tokens are refused. A reload takes effect with the next token.
    /// </summary>
    public string? HmacSecret { get; set; }

    /// <summary>Public keys in PEM. Not available yet, must be empty.</summary>
    public IList<string> PublicKeys { get; set; } = [];

    /// <summary>Where to fetch a JSON Web Key Set. Not available yet, must be null.</summary>
    public string? JwksUrl { get; set; }

    /// <summary>What <c>iss</c> must be; null: not checked.</summary>
    public string? Issuer { get; set; }

    /// <summary>What <c>aud</c> must contain; null: not checked.</summary>
    public string? Audience { get; set; }
}
