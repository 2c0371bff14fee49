namespace Parley.Protocol.Centrifuge;

/// <summary>Begins a subscription, or in <see cref="ConnectRequest.Subs"/> tells the position in one.</summary>
public sealed class SubscribeRequest
{
    public string Channel { get; set; } = "";

    /// <summary>JSON web token for this channel; may be empty where the server allows it.</summary>
    public string Token { get; set; } = "";

    /// <summary>Asks for what was missed since <see cref="Offset"/> and <see cref="Epoch"/>.</summary>
    public bool Recover { get; set; }

    public string Epoch { get; set; } = "";

    public ulong Offset { get; set; }

    /// <summary>For the application.</summary>
    public ReadOnlyMemory<byte> Data { get; set; }

    /// <summary>Asks the server to watch the position.</summary>
    public bool Positioned { get; set; }

    /// <summary>Asks that a later recovery be possible.</summary>
    public bool Recoverable { get; set; }

    /// <summary>Asks for joins and leaves of others.</summary>
    public bool JoinLeave { get; set; }

    /// <summary>Name of a delta format the client understands: <c>fossil</c>; empty for none.</summary>
    public string Delta { get; set; } = "";

    /// <summary>Wants only publications whose tags fit.</summary>
    public FilterNode? Tf { get; set; }

    /// <summary>Bit 1: offers numeric channel ids. Bit 2: an unrecoverable position shall be an error.</summary>
    public long Flag { get; set; }

    /// <summary>0 stream, 1 map, 2 map of clients, 3 map of users, 4 shared poll.</summary>
    public int Type { get; set; }

    /// <summary>Of a map subscription: 2 state, 1 stream, 0 live.</summary>
    public int Phase { get; set; }

    /// <summary>Where the next page of a map's state begins.</summary>
    public string Cursor { get; set; } = "";

    /// <summary>Most entries in a page.</summary>
    public int Limit { get; set; }

    /// <summary>Entries of a map come by ascending score.</summary>
    public bool Asc { get; set; }
}

/// <summary>A subscription began.</summary>
public sealed class SubscribeResult
{
    /// <summary>Whether the client itself must refresh the subscription's token.</summary>
    public bool Expires { get; set; }

    /// <summary>Seconds until the subscription expires.</summary>
    public uint Ttl { get; set; }

    public bool Recoverable { get; set; }

    public string Epoch { get; set; } = "";

    /// <summary>What was missed, oldest first.</summary>
    public IReadOnlyList<Publication>? Publications { get; set; }

    /// <summary>
    /// Stands in for <see cref="Publications"/> when the result is written: bytes of the same codec's
    /// <see cref="CentrifugeCodec.WriteForSubscribeResult"/>, so that many results share what was encoded once.
    /// </summary>
    internal ReadOnlyMemory<byte> WrittenPublications { get; set; }

    /// <summary>Whether nothing is missing.</summary>
    public bool Recovered { get; set; }

    /// <summary>Top of the stream; after a successful recovery the offset that the client asked from.</summary>
    public ulong Offset { get; set; }

    public bool Positioned { get; set; }

    /// <summary>From the application.</summary>
    public ReadOnlyMemory<byte> Data { get; set; }

    /// <summary>Repeats <see cref="SubscribeRequest.Recover"/>.</summary>
    public bool WasRecovering { get; set; }

    /// <summary>The delta format is agreed.</summary>
    public bool Delta { get; set; }

    /// <summary>Numeric channel id of later pushes; 0 when they carry the name.</summary>
    public long Id { get; set; }

    /// <summary>Repeats <see cref="SubscribeRequest.Type"/>.</summary>
    public int Type { get; set; }

    /// <summary>Of a map subscription: 2 state, 1 stream, 0 live.</summary>
    public int Phase { get; set; }

    /// <summary>Where the next page of a map's state begins; empty on the last.</summary>
    public string Cursor { get; set; } = "";

    /// <summary>A page of a map's state.</summary>
    public IReadOnlyList<Publication>? State { get; set; }

    /// <summary>Milliseconds that a client should wait for further publications of its own before it publishes.</summary>
    public uint PublishDebounce { get; set; }
}

/// <summary>The server began a subscription for the client.</summary>
public sealed class Subscribe
{
    public bool Recoverable { get; set; }

    public string Epoch { get; set; } = "";

    public ulong Offset { get; set; }

    public bool Positioned { get; set; }

    /// <summary>From the application.</summary>
    public ReadOnlyMemory<byte> Data { get; set; }
}
