namespace Parley.Sessions;

/// <summary>Who may connect, and the limits of one connection. Section <c>Parley:Clients</c>.</summary>
public sealed class ClientOptions
{
    /// <summary>
    /// Lets everybody do everything without a token, for development on loopback. Tokens that are sent are still verified, and
    /// private channels still need one. Default false.
    /// </summary>
    public bool Insecure { get; set; }

    /// <summary>Lets clients connect without a token, as the user with the empty id. Default false.</summary>
    public bool AllowAnonymous { get; set; }

    /// <summary>
    /// Lets clients of <c>/connection/events</c> put their token into the address, where logs and proxies see it. For a browser's own
    /// EventSource, which cannot send headers. Default false.
    /// </summary>
    public bool AllowTokenInQuery { get; set; }

    /// <summary>
    /// Origins that pages may connect from, as <c>https://app.example.com</c>; <c>*</c> in place of a host label stands for any,
    /// <c>*</c> alone for every origin. Pages of the same host are always allowed. Default: none.
    /// </summary>
    public IList<string> AllowedOrigins { get; set; } = [];

    /// <summary>Time between pings, longer than <see cref="PongTimeout"/>. Default 25 seconds.</summary>
    public TimeSpan PingInterval { get; set; } = TimeSpan.FromSeconds(25);

    /// <summary>How long a client may take to answer a ping before it is closed with 3012. Default 8 seconds.</summary>
    public TimeSpan PongTimeout { get; set; } = TimeSpan.FromSeconds(8);

    /// <summary>How long a connection may stay without a successful connect command before it is closed with 3502. Default 10 seconds.</summary>
    public TimeSpan StaleTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Largest message a client may send, in bytes, 1 KiB to 64 MiB; a larger one closes with 1009. Default 64 KiB.</summary>
    public int MaxMessageBytes { get; set; } = 64 * 1024;

    /// <summary>Bytes that may wait for a slow client before it is closed with 3008, 4 KiB to 64 MiB. Default 1 MiB.</summary>
    public int MaxQueuedBytes { get; set; } = 1024 * 1024;

    /// <summary>Most subscriptions of one session, 1 to 10,000. Default 128.</summary>
    public int MaxChannels { get; set; } = 128;

    /// <summary>Most connections of this node; further ones get 503. 0: no limit. Default 0.</summary>
    public int MaxConnections { get; set; }

    /// <summary>Most connections of one user on this node; further ones are closed with 3504. 0: no limit. Default 0.</summary>
    public int MaxConnectionsPerUser { get; set; }

    /// <summary>Subscribes every authenticated session to its user's own channel, <c>#USER</c>, from the server's side. Default false.</summary>
    public bool SubscribeToPersonalChannel { get; set; }

    /// <summary>Namespace of personal channels, as in <c>NAMESPACE:#USER</c>; empty: none. Default empty.</summary>
    public string PersonalChannelNamespace { get; set; } = "";

    /// <summary>
    /// When the node stops, sessions are closed spread over this time, so that the other nodes are not stormed; few sessions take less
    /// (1 ms each). Zero to 10 minutes. Default 5 seconds.
    /// </summary>
    public TimeSpan DrainWindow { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>New connections this node takes in a second; further ones get 503 with Retry-After. 0: no limit. Default 0.</summary>
    public int HandshakesPerSecond { get; set; }

    /// <summary>Commands of one connection that may be worked on at once, 1 to 64. With 1, replies come in the order of commands. Default 1.</summary>
    public int Concurrency { get; set; } = 1;
}
