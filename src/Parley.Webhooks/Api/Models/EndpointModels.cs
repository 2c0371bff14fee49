using Parley.Webhooks.Endpoints;
using Parley.Webhooks.Filters;
using Parley.Webhooks.Ids;
using Parley.Webhooks.Schemas;

namespace Parley.Webhooks.Api.Models;

/// <summary>What a caller says of an endpoint. On a change, fields that are missing stay as they are, and null is the default.</summary>
internal sealed record EndpointBody
{
    public string? Uid { get; init; }

    public string? Url { get; init; }

    public string? Description { get; init; }

    public string[]? EventTypes { get; init; }

    public string[]? Channels { get; init; }

    public EventFilter? Filter { get; init; }

    public Dictionary<string, string>? Headers { get; init; }

    public AuthenticationBody? Authentication { get; init; }

    public ClientCertificateBody? ClientCertificate { get; init; }

    /// <summary>Certificates as PEM: receivers' certificates must lead to one of them, and those that the system trusts do not count.</summary>
    public string? CertificateAuthorities { get; init; }

    public string? Method { get; init; }

    public SignatureBody? Signature { get; init; }

    /// <summary>An existing secret, to be taken over; default: a new one. Only when the endpoint is made.</summary>
    public string? Secret { get; init; }

    public string? Transformation { get; init; }

    public JsonSchema? BodySchema { get; init; }

    public int? RateLimit { get; init; }

    public int? Concurrency { get; init; }

    public bool? Ordered { get; init; }

    /// <summary><c>skip</c> or <c>block</c>.</summary>
    public string? WhenExhausted { get; init; }

    /// <summary>Seconds.</summary>
    public int? Timeout { get; init; }

    /// <summary>Seconds before each attempt after the first.</summary>
    public int[]? RetrySchedule { get; init; }

    public Dictionary<string, string>? Metadata { get; init; }

    public bool? Disabled { get; init; }
}

/// <summary>
/// How requests authenticate: kind <c>basic</c> (user, password), <c>bearer</c> (token), <c>apiKey</c> (name, key, in: header or query) or
/// <c>oauth2</c> (client credentials: tokenUrl and all below it).
/// </summary>
internal sealed record AuthenticationBody
{
    public string? Kind { get; init; }

    public string? User { get; init; }

    public string? Password { get; init; }

    public string? Token { get; init; }

    public string? Name { get; init; }

    public string? Key { get; init; }

    public string? In { get; init; }

    public string? TokenUrl { get; init; }

    public string? ClientId { get; init; }

    public string? ClientSecret { get; init; }

    /// <summary>Words with spaces between them.</summary>
    public string? Scope { get; init; }

    public string? Audience { get; init; }

    /// <summary>Further parameters of the token request; values are secret.</summary>
    public Dictionary<string, string>? Parameters { get; init; }

    /// <summary>Where id and secret stand: <c>basic</c> (the header; default) or <c>body</c>.</summary>
    public string? ClientAuthentication { get; init; }

    /// <summary>Whether the token's server gets the endpoint's client certificate and is judged by its authorities too. Default false.</summary>
    public bool? UseEndpointTls { get; init; }

    public static AuthenticationBody? Of(EndpointAuthentication? authentication) => authentication is null ? null : new AuthenticationBody
    {
        Kind = ApiNames.Of(authentication.Kind),
        User = authentication.User,
        Name = authentication.Name,
        In = authentication.Kind is AuthenticationKind.ApiKey ? authentication.InQuery ? "query" : "header" : null,
        TokenUrl = authentication.Client?.TokenUrl,
        ClientId = authentication.Client?.ClientId,
        Scope = authentication.Client?.Scope,
        Audience = authentication.Client?.Audience,
        Parameters = authentication.Client?.ProtectedParameters.ToDictionary(static parameter => parameter.Key, static _ => "***"),
        ClientAuthentication = authentication.Client is { } client ? client.InBody ? "body" : "basic" : null,
        UseEndpointTls = authentication.Client?.UsesEndpointTls,
    };
}

/// <summary>By what this server proves to receivers who it is (mTLS).</summary>
internal sealed record ClientCertificateBody
{
    /// <summary>The certificate, then those that lead to its root, as PEM.</summary>
    public string? Certificate { get; init; }

    /// <summary>Of the first one: PKCS #8, RSA or EC as PEM, not encrypted.</summary>
    public string? PrivateKey { get; init; }
}

/// <summary>A certificate as it is shown.</summary>
/// <param name="Subject">As <c>CN=Acme webhooks, O=Acme</c>.</param>
/// <param name="Issuer">Who has signed it.</param>
/// <param name="Thumbprint">SHA-256, hexadecimal.</param>
/// <param name="NotBefore">Since when it is valid.</param>
/// <param name="NotAfter">Until when.</param>
internal sealed record CertificateView(string Subject, string Issuer, string Thumbprint, DateTimeOffset NotBefore, DateTimeOffset NotAfter)
{
    public static CertificateView Of(CertificateSummary summary) =>
        new(summary.Subject, summary.Issuer, summary.Thumbprint, summary.NotBefore, summary.NotAfter);
}

/// <summary>How requests are signed: style <c>standard</c>, <c>standardAndSvix</c>, a preset, or <c>scheme</c> with the scheme's fields.</summary>
internal sealed record SignatureBody
{
    public string? Style { get; init; }

    public string? Header { get; init; }

    public string? Content { get; init; }

    public string? Algorithm { get; init; }

    public string? Encoding { get; init; }

    public string? KeyEncoding { get; init; }

    public string? Prefix { get; init; }

    public string? SignaturePrefix { get; init; }

    public string? Separator { get; init; }

    public Dictionary<string, string>? Headers { get; init; }
}

/// <summary>An endpoint as it is shown: without its secrets.</summary>
internal sealed record EndpointView
{
    public required string Id { get; init; }

    public string? Uid { get; init; }

    public required string Url { get; init; }

    public required string Description { get; init; }

    public required IReadOnlyList<string> EventTypes { get; init; }

    public required IReadOnlyList<string> Channels { get; init; }

    public EventFilter? Filter { get; init; }

    /// <summary>Names; values are secret.</summary>
    public required IReadOnlyDictionary<string, string> Headers { get; init; }

    public AuthenticationBody? Authentication { get; init; }

    public CertificateView? ClientCertificate { get; init; }

    public IReadOnlyList<CertificateView>? CertificateAuthorities { get; init; }

    public required string Method { get; init; }

    public required SignatureBody Signature { get; init; }

    public string? Transformation { get; init; }

    public JsonSchema? BodySchema { get; init; }

    public int? RateLimit { get; init; }

    public int Concurrency { get; init; }

    public bool Ordered { get; init; }

    public string? WhenExhausted { get; init; }

    public int Timeout { get; init; }

    public required IReadOnlyList<int> RetrySchedule { get; init; }

    public required IReadOnlyDictionary<string, string> Metadata { get; init; }

    public required string State { get; init; }

    /// <summary>How its receiver has consented.</summary>
    public VerificationView? Verification { get; init; }

    public string? DisabledReason { get; init; }

    public DateTimeOffset? DisabledAt { get; init; }

    /// <summary>Since when nothing but failures came.</summary>
    public DateTimeOffset? FailingSince { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }

    public static EndpointView Of(Endpoint endpoint) => new()
    {
        Id = WebhookId.Format(WebhookId.Endpoint, endpoint.Id),
        Uid = endpoint.Uid,
        Url = endpoint.Url,
        Description = endpoint.Description,
        EventTypes = endpoint.EventTypes,
        Channels = endpoint.Channels,
        Filter = endpoint.Filter,
        Headers = endpoint.ProtectedHeaders.ToDictionary(static header => header.Key, static _ => "***"),
        Authentication = AuthenticationBody.Of(endpoint.Authentication),
        ClientCertificate = endpoint.ClientCertificate is { } certificate ? CertificateView.Of(certificate.Summary) : null,
        CertificateAuthorities = endpoint.CertificateAuthorities?.Summaries.Select(CertificateView.Of).ToList(),
        Method = endpoint.Method,
        Signature = SignatureOf(endpoint),
        Transformation = endpoint.Transformation,
        BodySchema = endpoint.BodySchema,
        RateLimit = endpoint.RateLimit,
        Concurrency = endpoint.Concurrency,
        Ordered = endpoint.Ordered,
        WhenExhausted = endpoint.Ordered ? ApiNames.Of(endpoint.WhenExhausted) : null,
        Timeout = endpoint.TimeoutSeconds,
        RetrySchedule = endpoint.Schedule,
        Metadata = endpoint.Metadata,
        State = ApiNames.Of(endpoint.State),
        Verification = VerificationView.Of(endpoint.Verification),
        DisabledReason = endpoint.DisabledReason is { } reason ? ApiNames.Of(reason) : null,
        DisabledAt = endpoint.DisabledAt,
        FailingSince = endpoint.FailingSince,
        CreatedAt = endpoint.CreatedAt,
        UpdatedAt = endpoint.UpdatedAt,
    };

    private static SignatureBody SignatureOf(Endpoint endpoint) => endpoint.Scheme is { } scheme
        ? new SignatureBody
        {
            Style = "scheme",
            Header = scheme.Header,
            Content = scheme.Content,
            Algorithm = ApiNames.Of(scheme.Algorithm),
            Encoding = ApiNames.Of(scheme.Encoding),
            KeyEncoding = ApiNames.Of(scheme.KeyEncoding),
            Prefix = scheme.Prefix,
            SignaturePrefix = scheme.SignaturePrefix,
            Separator = scheme.Separator,
            Headers = scheme.Headers.ToDictionary(),
        }
        : new SignatureBody { Style = ApiNames.Of(endpoint.Signature) };
}

/// <summary>The secrets that sign, newest first, and what receivers verify with.</summary>
internal sealed record SecretView(IReadOnlyList<SecretEntryView> Secrets);

/// <summary>One of them: what receivers verify with (the shared secret, or of a private key the public one), and until when it signs.</summary>
internal sealed record SecretEntryView(string Secret, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt);

/// <summary>A change of the secret.</summary>
internal sealed record RotationBody
{
    /// <summary>The new one; default: made here.</summary>
    public string? Secret { get; init; }

    /// <summary>Seconds for which the old ones go on signing, 0 to 604,800. Default 86,400.</summary>
    public int? Overlap { get; init; }
}
