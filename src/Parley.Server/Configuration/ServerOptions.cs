using Parley.Webhooks;
using Parley.Webhooks.PostgreSql;

namespace Parley.Server.Configuration;

/// <summary>What only the server process is configured with. Section <c>Parley</c>, beside the options of the library.</summary>
internal sealed class ServerOptions
{
    /// <summary>Folder of generated keys, relative to the working folder. Default <c>./data</c>.</summary>
    public string DataDirectory { get; set; } = "./data";

    /// <summary>How webhooks are accepted, sent and kept.</summary>
    public ServerWebhookOptions Webhooks { get; set; } = new();

    /// <summary>Who may read what the server measures.</summary>
    public ServerMetricsOptions Metrics { get; set; } = new();

    /// <summary>What carries publications between nodes.</summary>
    public BrokerOptions Broker { get; set; } = new();

    /// <summary>
    /// Addresses (<c>10.0.0.5</c>) and networks (<c>10.0.0.0/8</c>) of the reverse proxies in front of the server. Only from them
    /// are <c>X-Forwarded-For</c> and <c>X-Forwarded-Proto</c> believed. Default: none.
    /// </summary>
    public IList<string> Proxies { get; set; } = [];

    /// <summary>
    /// Whether connections without TLS are accepted by sockets of Parley's, which leave the web server when they have become WebSockets: an open
    /// one takes a fraction of the memory. On Linux; no effect elsewhere. Default true.
    /// </summary>
    public bool OwnSockets { get; set; } = true;

    /// <summary>
    /// Whether what many clients get at once is handed to the system in one call (io_uring), where <see cref="OwnSockets"/> has an effect and the system
    /// permits it. Default true.
    /// </summary>
    public bool IoUring { get; set; } = true;

    /// <summary>How long a stop may take before what is left is cut off: longer than the drain window of the clients, one hour at most. Default 30 seconds.</summary>
    public TimeSpan ShutdownTimeout { get; set; } = TimeSpan.FromSeconds(30);
}

/// <summary>Section <c>Parley:Webhooks</c>.</summary>
internal sealed class ServerWebhookOptions : WebhookOptions
{
    public const string Sqlite = "sqlite";
    public const string PostgreSqlStorage = "postgresql";
    public const string None = "none";

    /// <summary>
    /// Where webhooks are kept: <c>sqlite</c>, a file in the data directory; <c>postgresql</c>, for several nodes; or <c>none</c>, without
    /// webhooks. Default <c>sqlite</c>.
    /// </summary>
    public string Storage { get; set; } = Sqlite;

    /// <summary>Where PostgreSQL is, when it is the storage.</summary>
    public PostgreSqlWebhookOptions PostgreSql { get; set; } = new();
}

/// <summary>Section <c>Parley:Metrics</c>.</summary>
internal sealed class ServerMetricsOptions
{
    /// <summary>Whether there is <c>/metrics</c>, and anything is counted for it. Default true.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Keys that open <c>/metrics</c> and nothing else, at least 16 characters each. Those of the API open it too.</summary>
    public IList<string> Keys { get; set; } = [];

    /// <summary>Opens <c>/metrics</c> to everybody who reaches the server. Default false.</summary>
    public bool AllowAnonymous { get; set; }
}

/// <summary>Section <c>Parley:Broker</c>.</summary>
internal sealed class BrokerOptions
{
    /// <summary>Kind of broker. Default <c>memory</c>, which serves a single node, and the only one yet.</summary>
    public string Type { get; set; } = "memory";
}
