namespace Parley.Sessions;

/// <summary>Why a connection is closed: code and text, as the client gets them.</summary>
/// <remarks>
/// Codes 3000 to 3499 and 4000 to 4499 make a client reconnect; 3500 to 3999 and 4500 to 4999 end it. Source: Centrifuge protocol v2,
/// disconnect codes. The text is short ASCII, never empty and never JSON: the JavaScript SDK first tries to parse it.
/// </remarks>
public sealed record DisconnectReason(uint Code, string Reason)
{
    /// <summary>The link ended without a word from the server.</summary>
    public static readonly DisconnectReason ConnectionClosed = new(3000, "connection closed");

    /// <summary>The node is stopping.</summary>
    public static readonly DisconnectReason Shutdown = new(3001, "shutdown");

    /// <summary>The server failed.</summary>
    public static readonly DisconnectReason ServerError = new(3004, "internal server error");

    /// <summary>The connection's token expired and was not refreshed.</summary>
    public static readonly DisconnectReason Expired = new(3005, "connection expired");

    /// <summary>A server-side subscription expired, or a subscription was refreshed with an expired token.</summary>
    public static readonly DisconnectReason SubscriptionExpired = new(3006, "subscription expired");

    /// <summary>More bytes were waiting for the client than it may have.</summary>
    public static readonly DisconnectReason Slow = new(3008, "slow");

    /// <summary>Writing to the client failed.</summary>
    public static readonly DisconnectReason WriteError = new(3009, "write error");

    /// <summary>A gap was found in what the client got.</summary>
    public static readonly DisconnectReason InsufficientState = new(3010, "insufficient state");

    /// <summary>The server asks the client to connect anew.</summary>
    public static readonly DisconnectReason ForceReconnect = new(3011, "force reconnect");

    /// <summary>The client did not answer a ping in time.</summary>
    public static readonly DisconnectReason NoPong = new(3012, "no pong");

    /// <summary>Too many requests.</summary>
    public static readonly DisconnectReason TooManyRequests = new(3013, "too many requests");

    /// <summary>The token is not valid.</summary>
    public static readonly DisconnectReason InvalidToken = new(3500, "invalid token");

    /// <summary>The client broke the protocol.</summary>
    public static readonly DisconnectReason BadRequest = new(3501, "bad request");

    /// <summary>The client did not connect in time.</summary>
    public static readonly DisconnectReason Stale = new(3502, "stale");

    /// <summary>The application closed the connection.</summary>
    public static readonly DisconnectReason ForceDisconnect = new(3503, "force disconnect");

    /// <summary>Too many connections of this user or in all.</summary>
    public static readonly DisconnectReason ConnectionLimit = new(3504, "connection limit");

    /// <summary>Too many server-side subscriptions.</summary>
    public static readonly DisconnectReason ChannelLimit = new(3505, "channel limit");

    /// <summary>A payload cannot be said in the client's protocol.</summary>
    public static readonly DisconnectReason InappropriateProtocol = new(3506, "inappropriate protocol");

    /// <summary>Not permitted.</summary>
    public static readonly DisconnectReason PermissionDenied = new(3507, "permission denied");

    /// <summary>Nothing on the server takes this.</summary>
    public static readonly DisconnectReason NotAvailable = new(3508, "not available");

    /// <summary>The client made too many errors.</summary>
    public static readonly DisconnectReason TooManyErrors = new(3509, "too many errors");
}
