using System.Text.Json;
using System.Text.Unicode;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Parley.Authentication;

namespace Parley.AspNetCore.Authentication;

/// <summary>Verifies JSON Web Tokens that the application signed with the configured secret.</summary>
/// <remarks>
/// Thread-safe. The options are read for every token, so a reload of the configuration takes effect at once: a rotated secret
/// refuses tokens of the old one, and sessions that are open stay. Clocks are compared without leeway.
/// </remarks>
internal sealed partial class JwtVerifier(IOptionsMonitor<ParleyOptions> options, TimeProvider timeProvider, ILogger<JwtVerifier> logger)
    : ITokenVerifier
{
    // Two members of one name are read differently by different libraries, so a token that has them is refused.
    private static readonly JsonDocumentOptions PayloadOptions = new() { AllowDuplicateProperties = false };

    private readonly HmacKeySlot _connectionKey = new();
    private readonly HmacKeySlot _subscriptionKey = new();

    public ValueTask<TokenResult<ConnectionToken>> VerifyConnectionAsync(string token, CancellationToken cancellationToken = default)
    {
        var current = options.CurrentValue.Tokens;
        return ValueTask.FromResult(Verify("Connection", token, current, _connectionKey.Get(current.HmacSecret), TokenClaims.ReadConnection));
    }

    public ValueTask<TokenResult<SubscriptionToken>> VerifySubscriptionAsync(string token, CancellationToken cancellationToken = default)
    {
        var all = options.CurrentValue;
        var current = all.SubscriptionTokens ?? all.Tokens;
        return ValueTask.FromResult(Verify("Subscription", token, current, _subscriptionKey.Get(current.HmacSecret), TokenClaims.ReadSubscription));
    }

    private TokenResult<T> Verify<T>(string kind, string token, TokenOptions expected, HmacKey? key, Func<JsonElement, T> read)
        where T : class
    {
        try
        {
            using var claims = ReadSignedClaims(token, key);
            CheckIssuer(claims.RootElement, expected.Issuer);
            CheckAudience(claims.RootElement, expected.Audience);
            claims.RootElement.GetTime("iat");
            claims.RootElement.GetText("jti");
            var result = read(claims.RootElement);
            // Last, because "expired" makes the client come back with a new token, which must be of use.
            return IsCurrent(claims.RootElement)
                ? new TokenResult<T>(TokenStatus.Valid, result)
                : Refuse<T>(TokenStatus.Expired, kind, "its times");
        }
        catch (InvalidTokenException exception)
        {
            return Refuse<T>(TokenStatus.Invalid, kind, exception.Message);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The second is the JSON reader's word for text that is no Unicode.
            return Refuse<T>(TokenStatus.Invalid, kind, "its claims' JSON");
        }
    }

    private static JsonDocument ReadSignedClaims(string token, HmacKey? key)
    {
        if (key is null)
            throw new InvalidTokenException("the server's configuration, which has no secret");
        var parts = CompactToken.Parse(token);
        if (!key.Allows(parts.Algorithm))
        {
            throw new InvalidTokenException(
                HmacKey.IsKnown(parts.Algorithm) ? "header alg, for which the configured secret is too short" : "header alg");
        }

        if (!key.Verify(parts.Algorithm, parts.SignedContent, parts.Signature))
            throw new InvalidTokenException("its signature");
        if (!Utf8.IsValid(parts.Payload))
            throw new InvalidTokenException("its claims' UTF-8");
        var claims = JsonDocument.Parse(parts.Payload, PayloadOptions);
        return claims.RootElement.ValueKind == JsonValueKind.Object ? claims : throw new InvalidTokenException("its claims");
    }

    private static void CheckIssuer(JsonElement claims, string? expected)
    {
        var issuer = claims.GetText("iss");
        if (expected is not null && issuer != expected)
            throw new InvalidTokenException("claim iss");
    }

    private static void CheckAudience(JsonElement claims, string? expected)
    {
        var isText = claims.TryGet("aud", out var audience) && audience.ValueKind == JsonValueKind.String;
        IReadOnlyList<string> audiences = isText ? [audience.GetString()!] : claims.GetTexts("aud");
        if (expected is not null && !audiences.Contains(expected, StringComparer.Ordinal))
            throw new InvalidTokenException("claim aud");
    }

    private bool IsCurrent(JsonElement claims)
    {
        var now = timeProvider.GetUtcNow();
        return !(claims.GetTime("exp") <= now) && !(claims.GetTime("nbf") > now);
    }

    private TokenResult<T> Refuse<T>(TokenStatus status, string kind, string check)
        where T : class
    {
        LogRefused(kind, check);
        return new TokenResult<T>(status, null);
    }
}
