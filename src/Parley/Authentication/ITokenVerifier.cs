namespace Parley.Authentication;

/// <summary>Verifies the tokens that clients send. The server's own are JSON Web Tokens.</summary>
internal interface ITokenVerifier
{
    ValueTask<TokenResult<ConnectionToken>> VerifyConnectionAsync(string token, CancellationToken cancellationToken = default);

    ValueTask<TokenResult<SubscriptionToken>> VerifySubscriptionAsync(string token, CancellationToken cancellationToken = default);
}
