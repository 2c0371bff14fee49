using Parley.Webhooks.Deliveries;

namespace Parley.Webhooks.Outbound.Tokens;

/// <summary>An access token, or why there is none.</summary>
/// <param name="Token">Null when there is none.</param>
/// <param name="Failure">The exchange with the token's server, without secrets; null when there is a token.</param>
internal sealed record TokenResult(AccessToken? Token, Exchange? Failure);
