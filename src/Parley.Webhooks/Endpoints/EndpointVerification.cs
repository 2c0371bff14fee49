namespace Parley.Webhooks.Endpoints;

/// <summary>That whoever runs an endpoint's server wants webhooks there, as far as it was proven.</summary>
internal sealed record EndpointVerification
{
    public required VerificationMethod Method { get; init; }

    /// <summary>Scheme, host and port for which it holds.</summary>
    public required string Origin { get; init; }

    public required DateTimeOffset VerifiedAt { get; init; }

    /// <summary>Requests a minute that the receiver allows, which holds beside the endpoint's own limit; null: any.</summary>
    public int? AllowedRate { get; init; }

    /// <summary>The name of this server that the receiver has consented to; each request says it again. Null: it was not asked.</summary>
    public string? RequestOrigin { get; init; }

    /// <summary>What a URL's proof holds for; empty for what is no URL.</summary>
    public static string OriginOf(string url) => Uri.TryCreate(url, UriKind.Absolute, out var parsed) ? parsed.GetLeftPart(UriPartial.Authority) : "";
}

/// <summary>How it is proven. Names are public and stored.</summary>
internal enum VerificationMethod
{
    None,

    /// <summary>The receiver sends back a word that it was sent.</summary>
    Challenge,

    /// <summary>The receiver answers 2xx to a signed request.</summary>
    Ping,

    /// <summary>The receiver consents to requests from this server's name (CloudEvents, HTTP 1.1 Web Hooks, section 4).</summary>
    CloudEvents,
}
