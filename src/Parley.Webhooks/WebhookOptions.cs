namespace Parley.Webhooks;

/// <summary>How webhooks are accepted, sent and kept. Section <c>Parley:Webhooks</c>.</summary>
public class WebhookOptions
{
    /// <summary>
    /// Keys that open the whole API, at least 16 characters each. Keys that open one application are made through the API. Default: none; the
    /// server takes those of <c>Parley:Api:Keys</c>.
    /// </summary>
    public IList<string> OperatorKeys { get; set; } = [];

    /// <summary>Largest payload of a message in bytes, 1 to 16 MiB. Default 256 KiB.</summary>
    public int MaxPayloadBytes { get; set; } = 256 * 1024;

    /// <summary>Endpoints that an application may have, 1 to 10,000. Default 1,000.</summary>
    public int MaxEndpoints { get; set; } = 1_000;

    /// <summary>Requests that are under way at once over all endpoints, 1 to 10,000. Default 1,000.</summary>
    public int MaxConcurrency { get; set; } = 1_000;

    /// <summary>Whether endpoints must have <c>https://</c> URLs; those that were made with another before get nothing. Default false.</summary>
    public bool HttpsOnly { get; set; }

    /// <summary>
    /// Networks (<c>10.1.0.0/16</c>) to which requests may go though they are not of the public Internet, or lead to this machine. Default: none, so that nobody can
    /// reach this machine or its neighbours by an endpoint's URL. The metadata services of clouds (<c>169.254.169.254</c> and others) are opened by their own
    /// address only.
    /// </summary>
    public IList<string> AllowPrivateNetworks { get; set; } = [];

    /// <summary>Ports to which requests may go. Default: all.</summary>
    public IList<int> AllowedPorts { get; set; } = [];

    /// <summary>
    /// DNS name by which this server tells receivers who asks, when their consent is asked for as CloudEvents does (<c>WebHook-Request-Origin</c>).
    /// Default: none; that kind of verification is then not available.
    /// </summary>
    public string? RequestOrigin { get; set; }

    /// <summary>How long messages are kept, with their deliveries: 1 hour to 10 years. Default 90 days.</summary>
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(90);

    /// <summary>How long attempts are kept: 1 hour to 10 years. Default 30 days.</summary>
    public TimeSpan AttemptRetention { get; set; } = TimeSpan.FromDays(30);

    /// <summary>For how long an endpoint may fail without one success before it is disabled: 1 hour to 365 days. Default 5 days.</summary>
    public TimeSpan DisableAfter { get; set; } = TimeSpan.FromDays(5);

    /// <summary>
    /// The uid of the application whose endpoints get operational events of all others: <c>endpoint.disabled</c>, <c>endpoint.enabled</c>,
    /// <c>endpoint.recovered</c> and <c>message.exhausted</c>. Default: none.
    /// </summary>
    public string? OperationalApplication { get; set; }
}
