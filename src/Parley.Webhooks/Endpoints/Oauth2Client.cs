namespace Parley.Webhooks.Endpoints;

/// <summary>Where and as whom access tokens are asked for (RFC 6749, 4.4). The client's secret is that of the authentication.</summary>
internal sealed record Oauth2Client
{
    public required string TokenUrl { get; init; }

    public required string ClientId { get; init; }

    public string? Scope { get; init; }

    public string? Audience { get; init; }

    /// <summary>Further parameters of the request, their values encrypted.</summary>
    public IReadOnlyDictionary<string, string> ProtectedParameters { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether id and secret stand in the body, not in the header of HTTP Basic (RFC 6749, 2.3.1).</summary>
    public bool InBody { get; init; }

    /// <summary>Whether the token's server too gets the endpoint's client certificate, and is judged by the endpoint's authorities.</summary>
    public bool UsesEndpointTls { get; init; }
}
