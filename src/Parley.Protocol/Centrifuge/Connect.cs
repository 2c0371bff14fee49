namespace Parley.Protocol.Centrifuge;

/// <summary>Opens a session; the first command of a connection.</summary>
public sealed class ConnectRequest
{
    /// <summary>JSON web token that says who the user is; may be empty where the server allows it.</summary>
    public string Token { get; set; } = "";

    /// <summary>For the application.</summary>
    public ReadOnlyMemory<byte> Data { get; set; }

    /// <summary>Positions in server-side subscriptions that the client had, by channel.</summary>
    public IReadOnlyDictionary<string, SubscribeRequest>? Subs { get; set; }

    /// <summary>Name of the client's software.</summary>
    public string Name { get; set; } = "";

    /// <summary>Version of the client's software.</summary>
    public string Version { get; set; } = "";

    /// <summary>What a client that cannot set HTTP headers would have sent in them.</summary>
    public IReadOnlyDictionary<string, string>? Headers { get; set; }

    /// <summary>Bit 1: offers dictionary compression.</summary>
    public long Flag { get; set; }

    /// <summary>Id of the compression dictionary the client holds.</summary>
    public string Dict { get; set; } = "";

    public string Profile { get; set; } = "";
}

/// <summary>A session began.</summary>
public sealed class ConnectResult
{
    /// <summary>Id of the session.</summary>
    public string Client { get; set; } = "";

    /// <summary>Version of the server.</summary>
    public string Version { get; set; } = "";

    /// <summary>Whether the client itself must refresh its token.</summary>
    public bool Expires { get; set; }

    /// <summary>Seconds until the session expires.</summary>
    public uint Ttl { get; set; }

    /// <summary>From the application.</summary>
    public ReadOnlyMemory<byte> Data { get; set; }

    /// <summary>Server-side subscriptions, by channel.</summary>
    public IReadOnlyDictionary<string, SubscribeResult>? Subs { get; set; }

    /// <summary>Seconds between pings of the server.</summary>
    public uint Ping { get; set; }

    /// <summary>Whether the client must answer pings.</summary>
    public bool Pong { get; set; }

    /// <summary>Secret name of the connection, for transports that send commands apart.</summary>
    public string Session { get; set; } = "";

    /// <summary>The node that holds the connection, for transports that send commands apart.</summary>
    public string Node { get; set; } = "";

    /// <summary>Unix time of the server in milliseconds; 0 when not told.</summary>
    public long Time { get; set; }

    /// <summary>Bit 1: dictionary compression is agreed.</summary>
    public long Flag { get; set; }

    public Dictionary? Dict { get; set; }
}

/// <summary>A session began, as a push: the first one on a unidirectional transport.</summary>
public sealed class Connect
{
    /// <summary>Id of the session.</summary>
    public string Client { get; set; } = "";

    /// <summary>Version of the server.</summary>
    public string Version { get; set; } = "";

    /// <summary>From the application.</summary>
    public ReadOnlyMemory<byte> Data { get; set; }

    /// <summary>Server-side subscriptions, by channel.</summary>
    public IReadOnlyDictionary<string, SubscribeResult>? Subs { get; set; }

    /// <summary>Whether the session expires.</summary>
    public bool Expires { get; set; }

    /// <summary>Seconds until the session expires.</summary>
    public uint Ttl { get; set; }

    /// <summary>Seconds between pings of the server.</summary>
    public uint Ping { get; set; }

    public bool Pong { get; set; }

    /// <summary>Secret name of the connection.</summary>
    public string Session { get; set; } = "";

    public string Node { get; set; } = "";

    /// <summary>Unix time of the server in milliseconds; 0 when not told.</summary>
    public long Time { get; set; }
}
