using System.Text.RegularExpressions;
using Parley.Webhooks.Api.Models;
using Parley.Webhooks.Endpoints;
using Parley.Webhooks.EventTypes;
using Parley.Webhooks.Filters;
using Parley.Webhooks.Messages;
using Parley.Webhooks.Outbound;
using Parley.Webhooks.Outbound.Guard;
using Parley.Webhooks.Schemas;
using Parley.Webhooks.Secrets;
using Parley.Webhooks.Signing;
using Parley.Webhooks.Verification;

namespace Parley.Webhooks.Api;

/// <summary>Makes of what a caller says an endpoint that can be delivered to, or says what is wrong with it.</summary>
internal sealed partial class EndpointRules(
    AddressPolicy policy, ISecretProtector protector, AuthenticationRules authentications, CertificateRules certificates, bool httpsOnly)
{
    /// <summary>Most characters of a transformation.</summary>
    public const int MaxScript = 50_000;

    /// <summary>Most characters of a header and of most other texts.</summary>
    public const int MaxText = 1024;

    private const int MaxNames = 100;
    private const int MaxSteps = 50;
    private const int LongestStep = 7 * 24 * 3600;

    /// <summary>Applies the fields that a caller has named.</summary>
    /// <param name="endpoint">As it is.</param>
    /// <param name="body">What the caller says.</param>
    /// <param name="fields">Names of the fields that the body has.</param>
    /// <param name="errors">Where what is wrong goes.</param>
    public Endpoint Apply(Endpoint endpoint, EndpointBody body, IReadOnlySet<string> fields, List<FieldError> errors)
    {
        var defaults = new Endpoint();
        endpoint = endpoint with
        {
            Uid = Has("uid") ? Text("/uid", body.Uid, 256) : endpoint.Uid,
            Url = Has("url") ? Url(body.Url, errors) : endpoint.Url,
            Description = Has("description") ? Text("/description", body.Description, MaxText) ?? "" : endpoint.Description,
            EventTypes = Has("eventTypes") ? Names("/eventTypes", body.EventTypes, EventTypeName.IsPattern, "event types as invoice.paid, or invoice.*", errors) : endpoint.EventTypes,
            Channels = Has("channels") ? Names("/channels", body.Channels, static name => name is { Length: > 0 and <= 128 }, "names of 1 to 128 characters", errors) : endpoint.Channels,
            Filter = Has("filter") ? Filter(body.Filter, errors) : endpoint.Filter,
            ProtectedHeaders = Has("headers") ? Headers(body.Headers, errors) : endpoint.ProtectedHeaders,
            Authentication = Has("authentication") ? authentications.Read(body.Authentication, errors) : endpoint.Authentication,
            ClientCertificate = Has("clientCertificate") ? certificates.ReadClient(body.ClientCertificate, errors) : endpoint.ClientCertificate,
            CertificateAuthorities = Has("certificateAuthorities") ? certificates.ReadAuthorities(body.CertificateAuthorities, errors) : endpoint.CertificateAuthorities,
            Method = Has("method") ? Method(body.Method, errors) : endpoint.Method,
            Transformation = Has("transformation") ? Text("/transformation", body.Transformation, MaxScript) : endpoint.Transformation,
            BodySchema = Has("bodySchema") ? Schema(body.BodySchema, errors) : endpoint.BodySchema,
            RateLimit = Has("rateLimit") ? Number("/rateLimit", body.RateLimit, 1, 100_000) : endpoint.RateLimit,
            Concurrency = Has("concurrency") ? Number("/concurrency", body.Concurrency, 1, 1000) ?? defaults.Concurrency : endpoint.Concurrency,
            Ordered = Has("ordered") ? body.Ordered ?? false : endpoint.Ordered,
            WhenExhausted = Has("whenExhausted") ? Exhausted(body.WhenExhausted) : endpoint.WhenExhausted,
            TimeoutSeconds = Has("timeout") ? Number("/timeout", body.Timeout, 1, 60) ?? defaults.TimeoutSeconds : endpoint.TimeoutSeconds,
            RetrySchedule = Has("retrySchedule") ? Schedule(body.RetrySchedule, errors) : endpoint.RetrySchedule,
            Metadata = Has("metadata") ? Metadata("/metadata", body.Metadata, errors) : endpoint.Metadata,
        };
        if (endpoint.ClientCertificate is not null && endpoint.Url.StartsWith("http:", StringComparison.Ordinal))
            errors.Add(new("/clientCertificate", "needs an https:// URL"));
        if (endpoint.CertificateAuthorities is not null && endpoint.Url.StartsWith("http:", StringComparison.Ordinal))
            errors.Add(new("/certificateAuthorities", "needs an https:// URL"));
        if (endpoint is { BlocksOnFailure: true, Schedule.Count: 0 })
            errors.Add(new("/retrySchedule", "must have a delay that is repeated, since whenExhausted is block"));
        return Has("signature") ? Signature(endpoint, body.Signature, errors) : endpoint;

        bool Has(string field) => fields.Contains(field);

        string? Text(string pointer, string? text, int max)
        {
            if (text is { Length: 0 } || text?.Length > max)
                errors.Add(new(pointer, $"must have 1 to {max} characters"));
            else if (MessageRules.HasZero(text))
                errors.Add(new(pointer, MessageRules.NoZero));
            return text;
        }

        ExhaustedPolicy Exhausted(string? name)
        {
            if (!ApiNames.TryRead<ExhaustedPolicy>(name ?? ApiNames.Of(default(ExhaustedPolicy)), out var policy))
                errors.Add(new("/whenExhausted", $"must be one of {ApiNames.All<ExhaustedPolicy>()}"));
            return policy;
        }

        int? Number(string pointer, int? value, int min, int max)
        {
            if (value < min || value > max)
                errors.Add(new(pointer, $"must be {min} to {max}"));
            return value;
        }
    }

    /// <summary>A secret that signs for an endpoint: the given one, or a new one.</summary>
    public EndpointSecret Secret(Endpoint endpoint, string? given, string pointer, DateTimeOffset now, List<FieldError> errors)
    {
        var secret = given ?? WebhookKey.CreateSecret().Export();
        if (endpoint.Scheme is { } scheme)
        {
            if (given is null && scheme.KeyEncoding is not BytesEncoding.Utf8)
                errors.Add(new(pointer, "must be given: none can be made for this scheme"));
            else if (SchemeSigner.WhyNoKey(scheme, secret) is { } why)
                errors.Add(new(pointer, why));
        }
        else if (!WebhookKey.TryParse(secret, out var key) || !key.CanSign)
        {
            errors.Add(new(pointer, "must be whsec_ and base64 of 24 to 64 bytes, or whsk_ and base64 of an Ed25519 key pair"));
        }

        return new EndpointSecret(protector.Protect(secret), now);
    }

    /// <summary>Metadata of anything.</summary>
    public static IReadOnlyDictionary<string, string> Metadata(string pointer, Dictionary<string, string>? metadata, List<FieldError> errors)
    {
        if (metadata is null)
            return new Dictionary<string, string>();
        if (metadata.Count > 32 || metadata.Any(static entry => entry.Key.Length is 0 or > 64 || entry.Value is not { Length: <= 512 }))
            errors.Add(new(pointer, "must have at most 32 entries: names of 1 to 64 characters, texts of up to 512"));
        return metadata;
    }

    public string Url(string? text, List<FieldError> errors)
    {
        if (text is not null && UrlTemplate.Is(text))
        {
            if (UrlTemplate.Check(text, policy, httpsOnly) is { } wrong)
                errors.Add(new("/url", wrong));
            return text;
        }

        if (TargetUrl.TryRead(text, policy, httpsOnly, out var url, out var problem))
            return url.AbsoluteUri;
        errors.Add(new("/url", problem));
        return "";
    }

    private static EventFilter? Filter(EventFilter? filter, List<FieldError> errors)
    {
        errors.AddRange((filter?.Problems ?? []).Select(static problem => problem with { Pointer = "/filter" + problem.Pointer }));
        return filter;
    }

    private static JsonSchema? Schema(JsonSchema? schema, List<FieldError> errors)
    {
        errors.AddRange(SchemaRules.Check("/bodySchema", schema));
        return schema;
    }

    private static string[] Names(string pointer, string[]? names, Predicate<string> isGood, string what, List<FieldError> errors)
    {
        names ??= [];
        if (names.Length > MaxNames || !Array.TrueForAll(names, isGood))
            errors.Add(new(pointer, $"must be at most {MaxNames} {what}"));
        else if (names.Any(MessageRules.HasZero))
            errors.Add(new(pointer, MessageRules.NoZero));
        return names;
    }

    private Dictionary<string, string> Headers(Dictionary<string, string>? headers, List<FieldError> errors)
    {
        var result = new Dictionary<string, string>();
        if (headers?.Count > 32)
            errors.Add(new("/headers", "must be at most 32"));
        foreach (var (name, value) in headers ?? [])
        {
            if (!HeaderName().IsMatch(name) || ReservedHeaders.Contain(name))
                errors.Add(new($"/headers/{name}", "is not a name of a header that can be set"));
            else if (!IsHeaderValue(value))
                errors.Add(new($"/headers/{name}", $"must be printable ASCII, {MaxText} characters at most"));
            else
                result[name] = protector.Protect(value);
        }

        return result;
    }

    public static string Method(string? method, List<FieldError> errors)
    {
        if (method is not null && !AllowedMethods.Contain(method))
            errors.Add(new("/method", $"must be one of {AllowedMethods.All}"));
        return method ?? "POST";
    }

    private static int[]? Schedule(int[]? schedule, List<FieldError> errors)
    {
        if (schedule is not null && (schedule.Length > MaxSteps || Array.Exists(schedule, static seconds => seconds is < 1 or > LongestStep)))
            errors.Add(new("/retrySchedule", $"must be at most {MaxSteps} numbers of seconds from 1 to {LongestStep}"));
        return schedule;
    }

    private static Endpoint Signature(Endpoint endpoint, SignatureBody? body, List<FieldError> errors)
    {
        var style = body?.Style ?? "standard";
        if (SignatureScheme.Presets.TryGetValue(style, out var preset))
            return endpoint with { Signature = SignatureStyle.Scheme, Scheme = preset };
        if (!ApiNames.TryRead<SignatureStyle>(style, out var known))
        {
            errors.Add(new("/signature/style", $"must be one of {ApiNames.All<SignatureStyle>()}, {string.Join(", ", SignatureScheme.Presets.Keys)}"));
            return endpoint;
        }

        return known is SignatureStyle.Scheme
            ? endpoint with { Signature = known, Scheme = Scheme(body!, errors) }
            : endpoint with { Signature = known, Scheme = null };
    }

    private static SignatureScheme Scheme(SignatureBody body, List<FieldError> errors)
    {
        var defaults = new SignatureScheme { Header = "" };
        if (body.Header is null || !HeaderName().IsMatch(body.Header) || ReservedHeaders.ContainForSchemes(body.Header))
            errors.Add(new("/signature/header", "is not a name of a header that can be set"));
        if (body.Headers is { Count: > 8 } || (body.Headers ?? []).Any(static header => !HeaderName().IsMatch(header.Key) || ReservedHeaders.ContainForSchemes(header.Key) || !IsHeaderValue(header.Value)))
            errors.Add(new("/signature/headers", "must be at most 8 headers that can be set"));
        // It is signed and not sent, so that it may have lines.
        if (body.Content is { } content && !IsHeaderValue(content.Replace("\n", " ", StringComparison.Ordinal)))
            errors.Add(new("/signature/content", $"must be printable ASCII and line feeds, {MaxText} characters at most"));
        foreach (var (pointer, text) in new[]
        {
            ("/signature/prefix", body.Prefix), ("/signature/signaturePrefix", body.SignaturePrefix), ("/signature/separator", body.Separator),
        })
        {
            if (text is not null && !IsHeaderValue(text))
                errors.Add(new(pointer, $"must be printable ASCII, {MaxText} characters at most"));
        }

        var encoding = Value("/signature/encoding", body.Encoding, defaults.Encoding, errors);
        if (encoding is BytesEncoding.Utf8)
            errors.Add(new("/signature/encoding", "must be hex or base64"));
        return new SignatureScheme
        {
            Header = body.Header ?? "",
            Content = body.Content ?? defaults.Content,
            Algorithm = Value("/signature/algorithm", body.Algorithm, defaults.Algorithm, errors),
            Encoding = encoding,
            KeyEncoding = Value("/signature/keyEncoding", body.KeyEncoding, defaults.KeyEncoding, errors),
            Prefix = body.Prefix ?? "",
            SignaturePrefix = body.SignaturePrefix ?? "",
            Separator = body.Separator,
            Headers = body.Headers ?? [],
        };
    }

    private static T Value<T>(string pointer, string? text, T otherwise, List<FieldError> errors)
        where T : struct, Enum
    {
        if (text is null)
            return otherwise;
        if (!ApiNames.TryRead<T>(text, out var value))
            errors.Add(new(pointer, $"must be one of {ApiNames.All<T>()}"));
        return value;
    }

    public static bool IsHeaderValue(string? value) => value is { Length: <= MaxText } && !value.AsSpan().ContainsAnyExceptInRange(' ', '~');

    // RFC 9110, 5.6.2: token.
    [GeneratedRegex("^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}\\z", RegexOptions.CultureInvariant)]
    public static partial Regex HeaderName();
}
