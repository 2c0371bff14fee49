using System.Text.Json.Serialization;
using Parley.Webhooks.Deliveries;
using Parley.Webhooks.Filters;
using Parley.Webhooks.Schemas;
using Parley.Webhooks.Signing;

namespace Parley.Webhooks.Endpoints;

/// <summary>A URL registered to receive webhooks, with all that makes a request fit it.</summary>
internal sealed record Endpoint
{
    /// <summary>Delay before each attempt after the first, unless the endpoint has its own (Standard Webhooks, example schedule).</summary>
    public static readonly IReadOnlyList<int> DefaultRetrySchedule =
        [5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600, 14 * 3600, 20 * 3600, 24 * 3600];

    public const int DefaultTimeoutSeconds = 15;
    public const int DefaultConcurrency = 10;

    /// <summary>Of a request for an access token.</summary>
    public static readonly TimeSpan TokenTimeout = TimeSpan.FromSeconds(10);

    [JsonIgnore]
    public Guid Id { get; init; }

    [JsonIgnore]
    public Guid Application { get; init; }

    [JsonIgnore]
    public string? Uid { get; init; }

    [JsonIgnore]
    public long Revision { get; init; } = 1;

    public string Url { get; init; } = "";

    public string Description { get; init; } = "";

    /// <summary>Which events; none: all.</summary>
    public IReadOnlyList<string> EventTypes { get; init; } = [];

    /// <summary>Only messages of one of these channels; none: all messages.</summary>
    public IReadOnlyList<string> Channels { get; init; } = [];

    /// <summary>Only messages that say so and so; null: all.</summary>
    public EventFilter? Filter { get; init; }

    /// <summary>Further headers, their values encrypted.</summary>
    public IReadOnlyDictionary<string, string> ProtectedHeaders { get; init; } = new Dictionary<string, string>();

    public EndpointAuthentication? Authentication { get; init; }

    /// <summary>Shown to receivers that ask for one.</summary>
    public ClientCertificate? ClientCertificate { get; init; }

    /// <summary>Whose certificates receivers may have; null: those that the system trusts.</summary>
    public CertificateAuthorities? CertificateAuthorities { get; init; }

    public string Method { get; init; } = "POST";

    public SignatureStyle Signature { get; init; }

    /// <summary>For <see cref="SignatureStyle.Scheme"/>.</summary>
    public SignatureScheme? Scheme { get; init; }

    /// <summary>Newest first.</summary>
    public IReadOnlyList<EndpointSecret> Secrets { get; init; } = [];

    /// <summary>JavaScript that changes each webhook before it is signed; null: none.</summary>
    public string? Transformation { get; init; }

    /// <summary>What each body must fit before it is sent; null: any.</summary>
    [JsonConverter(typeof(StrangersSchemaConverter))]
    public JsonSchema? BodySchema { get; init; }

    /// <summary>Requests a second; null: no limit.</summary>
    public int? RateLimit { get; init; }

    /// <summary>Requests at once.</summary>
    public int Concurrency { get; init; } = DefaultConcurrency;

    /// <summary>One at a time, in the order of acceptance.</summary>
    public bool Ordered { get; init; }

    /// <summary>What follows when one of an ordered endpoint has used up its schedule.</summary>
    public ExhaustedPolicy WhenExhausted { get; init; }

    /// <summary>Of the whole exchange.</summary>
    public int TimeoutSeconds { get; init; } = DefaultTimeoutSeconds;

    /// <summary>Seconds before each attempt after the first; null: <see cref="DefaultRetrySchedule"/>.</summary>
    public IReadOnlyList<int>? RetrySchedule { get; init; }

    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    public EndpointState State { get; init; }

    /// <summary>Null: its receiver was not asked, or has not consented.</summary>
    public EndpointVerification? Verification { get; init; }

    public DisabledReason? DisabledReason { get; init; }

    public DateTimeOffset? DisabledAt { get; init; }

    /// <summary>Since when nothing but failures came, as far as it was noticed; null: it is well.</summary>
    public DateTimeOffset? FailingSince { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Whether those behind a message wait until it has been delivered, however long that takes.</summary>
    [JsonIgnore]
    public bool BlocksOnFailure => Ordered && WhenExhausted is ExhaustedPolicy.Block;

    [JsonIgnore]
    public IReadOnlyList<int> Schedule => RetrySchedule ?? DefaultRetrySchedule;

    /// <summary>Requests a second, of what its owner and its receiver say the less; null: no limit.</summary>
    [JsonIgnore]
    public double? Rate => Verification?.AllowedRate is { } perMinute ? Math.Min(perMinute / 60.0, RateLimit ?? double.MaxValue) : RateLimit;

    [JsonIgnore]
    public TimeSpan Timeout => TimeSpan.FromSeconds(TimeoutSeconds);

    /// <summary>How long an attempt can take: with access tokens two requests to the receiver, and two for a token.</summary>
    [JsonIgnore]
    public TimeSpan LongestAttempt => Authentication?.Kind is AuthenticationKind.Oauth2 ? (Timeout + TokenTimeout) * 2 : Timeout;

    /// <summary>Whether it wants a message.</summary>
    /// <param name="message">The message, whose payload may be left out.</param>
    /// <param name="read">Gives what its <see cref="Filter"/> sees of it; only asked when there is one, and no other reason to leave it out.</param>
    public bool Wants(Message message, Func<FilteredMessage> read) => MayWant(message) && (Filter is null || Filter.Wants(read()));

    /// <summary>Whether it wants a message, but for its <see cref="Filter"/>.</summary>
    public bool MayWant(Message message) => State is EndpointState.Active
        && (EventTypes.Count == 0 || EventTypes.Any(pattern => Parley.Webhooks.EventTypes.EventTypeName.Matches(pattern, message.EventType)))
        && (Channels.Count == 0 || Channels.Any(message.Channels.Contains));
}

/// <summary>What becomes of an ordered endpoint's delivery whose schedule is used up. Names are public and stored.</summary>
internal enum ExhaustedPolicy
{
    /// <summary>It is a dead letter, and the next one is sent.</summary>
    Skip,

    /// <summary>The last delay of the schedule is repeated until it is delivered, cancelled or expired.</summary>
    Block,
}
