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

    public string? Method { get; init; }

    public SignatureBody? Signature { get; init; }

    /// <summary>An existing secret, to be taken over; default: a new one. Only when the endpoint is made.</summary>
    public string? Secret { get; init; }

    public string? Transformation { get; init; }

    public JsonSchema? BodySchema { get; init; }

    public int? RateLimit { get; init; }

    public int? Concurrency { get; init; }

    public bool? Ordered { get; init; }

    /// <summary>Seconds.</summary>
    public int? Timeout { get; init; }

    /// <summary>Seconds before each attempt after the first.</summary>
    public int[]? RetrySchedule { get; init; }

    public Dictionary<string, string>? Metadata { get; init; }

    public bool? Disabled { get; init; }
}

/// <summary>How requests authenticate: kind <c>basic</c> (user, password), <c>bearer</c> (token) or <c>apiKey</c> (name, key, in: header or query).</summary>
internal sealed record AuthenticationBody
{
    public string? Kind { get; init; }

    public string? User { get; init; }

    public string? Password { get; init; }

    public string? Token { get; init; }

    public string? Name { get; init; }

    public string? Key { get; init; }

    public string? In { get; init; }
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

    public required string Method { get; init; }

    public required SignatureBody Signature { get; init; }

    public string? Transformation { get; init; }

    public JsonSchema? BodySchema { get; init; }

    public int? RateLimit { get; init; }

    public int Concurrency { get; init; }

    public bool Ordered { get; init; }

    public int Timeout { get; init; }

    public required IReadOnlyList<int> RetrySchedule { get; init; }

    public required IReadOnlyDictionary<string, string> Metadata { get; init; }

    public required string State { get; init; }

    /// <summary>How its receiver has consented.</summary>
    public VerificationView? Verification { get; init; }

    public string? DisabledReason { get; init; }

    public DateTimeOffset? DisabledAt { get; init; }

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
        Authentication = endpoint.Authentication is { } authentication
            ? new AuthenticationBody
            {
                Kind = ApiNames.Of(authentication.Kind),
                User = authentication.User,
                Name = authentication.Name,
                In = authentication.Kind is AuthenticationKind.ApiKey ? authentication.InQuery ? "query" : "header" : null,
            }
            : null,
        Method = endpoint.Method,
        Signature = SignatureOf(endpoint),
        Transformation = endpoint.Transformation,
        BodySchema = endpoint.BodySchema,
        RateLimit = endpoint.RateLimit,
        Concurrency = endpoint.Concurrency,
        Ordered = endpoint.Ordered,
        Timeout = endpoint.TimeoutSeconds,
        RetrySchedule = endpoint.Schedule,
        Metadata = endpoint.Metadata,
        State = ApiNames.Of(endpoint.State),
        Verification = VerificationView.Of(endpoint.Verification),
        DisabledReason = endpoint.DisabledReason is { } reason ? ApiNames.Of(reason) : null,
        DisabledAt = endpoint.DisabledAt,
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
