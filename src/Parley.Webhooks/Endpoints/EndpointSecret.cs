namespace Parley.Webhooks.Endpoints;

/// <summary>A key that signs, encrypted.</summary>
/// <param name="Protected">By <see cref="Secrets.ISecretProtector"/>.</param>
/// <param name="CreatedAt">Since when it signs.</param>
/// <param name="ExpiresAt">Until when; null for the newest.</param>
internal sealed record EndpointSecret(string Protected, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt = null);
