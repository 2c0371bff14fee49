namespace Parley.Webhooks.Endpoints;

/// <summary>How requests authenticate with the receiver. Secrets are encrypted.</summary>
internal sealed record EndpointAuthentication
{
    public required AuthenticationKind Kind { get; init; }

    /// <summary>Of <see cref="AuthenticationKind.Basic"/>.</summary>
    public string? User { get; init; }

    /// <summary>Password, token, key or the client's secret; encrypted.</summary>
    public string? ProtectedSecret { get; init; }

    /// <summary>Header or query parameter of <see cref="AuthenticationKind.ApiKey"/>.</summary>
    public string? Name { get; init; }

    /// <summary>Whether the API key stands in the query, not in a header.</summary>
    public bool InQuery { get; init; }

    /// <summary>Of <see cref="AuthenticationKind.Oauth2"/>.</summary>
    public Oauth2Client? Client { get; init; }
}

/// <summary>Kinds of <see cref="EndpointAuthentication"/>.</summary>
internal enum AuthenticationKind
{
    Basic,
    Bearer,
    ApiKey,

    /// <summary>A bearer token that is got by client credentials (RFC 6749, 4.4).</summary>
    Oauth2,
}
