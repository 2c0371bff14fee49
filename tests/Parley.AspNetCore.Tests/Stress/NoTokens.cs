using Parley.Authentication;

namespace Parley.AspNetCore.Tests.Stress;

/// <summary>For nodes that nobody shows a token to.</summary>
internal sealed class NoTokens : ITokenVerifier
{
    public ValueTask<TokenResult<ConnectionToken>> VerifyConnectionAsync(string token, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public ValueTask<TokenResult<SubscriptionToken>> VerifySubscriptionAsync(string token, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();
}
