using Parley.Webhooks.Outbound.Sending;

namespace Parley.Webhooks.Outbound.Tokens;

/// <summary>How an endpoint's access tokens are got, its secrets decrypted.</summary>
internal sealed record TokenSettings
{
    public required Guid Endpoint { get; init; }

    /// <summary>Of the endpoint: another one has other tokens.</summary>
    public required long Revision { get; init; }

    public required Uri Url { get; init; }

    public required string ClientId { get; init; }

    public required string ClientSecret { get; init; }

    public string? Scope { get; init; }

    public string? Audience { get; init; }

    public IReadOnlyList<KeyValuePair<string, string>> Parameters { get; init; } = [];

    /// <summary>Whether id and secret stand in the body, not in a header.</summary>
    public bool InBody { get; init; }

    public TlsSettings? Tls { get; init; }
}
