namespace Parley.Webhooks.Outbound.Tokens;

/// <summary>A bearer token.</summary>
/// <param name="Text">Goes into the header.</param>
/// <param name="RenewAt">Shortly before it expires.</param>
internal sealed record AccessToken(string Text, DateTimeOffset RenewAt);
