namespace Parley.Client;

/// <summary>Codes of <see cref="ParleyException"/>. Those below 100 are made by the client.</summary>
public static class ErrorCodes
{
    /// <summary>No answer within <see cref="ParleyClientOptions.Timeout"/>. The server may have done it all the same. Temporary.</summary>
    public const uint Timeout = 1;

    /// <summary>A transport could not be opened, or broke. Temporary.</summary>
    public const uint TransportClosed = 2;

    /// <summary>The client is disconnected, so nothing can be sent.</summary>
    public const uint ClientDisconnected = 3;

    /// <summary>The client was disposed.</summary>
    public const uint ClientClosed = 4;

    /// <summary>The callback for the connection token threw at connecting. Temporary.</summary>
    public const uint ConnectToken = 5;

    /// <summary>The callback for the connection token threw, or the server refused, at refreshing. Temporary.</summary>
    public const uint RefreshToken = 6;

    /// <summary>The subscription is unsubscribed.</summary>
    public const uint Unsubscribed = 7;

    /// <summary>The callback for the subscription token threw at subscribing. Temporary.</summary>
    public const uint SubscribeToken = 8;

    /// <summary>The callback for the subscription token threw, or the server refused, at refreshing. Temporary.</summary>
    public const uint SubscriptionRefreshToken = 9;

    /// <summary>The connection was lost before the answer came. The server may have done it all the same. Temporary.</summary>
    public const uint ConnectionClosed = 11;

    /// <summary>A handler of the application threw.</summary>
    public const uint HandlerFailed = 12;

    /// <summary>The server failed. Temporary.</summary>
    public const uint Internal = 100;

    /// <summary>The channel's namespace is not configured.</summary>
    public const uint UnknownChannel = 102;

    /// <summary>Not allowed.</summary>
    public const uint PermissionDenied = 103;

    /// <summary>Nothing at the server takes the method.</summary>
    public const uint MethodNotFound = 104;

    /// <summary>The session has a subscription to the channel already, perhaps a server-side one.</summary>
    public const uint AlreadySubscribed = 105;

    /// <summary>More than the server allows.</summary>
    public const uint LimitExceeded = 106;

    /// <summary>A parameter is wrong.</summary>
    public const uint BadRequest = 107;

    /// <summary>The channel or the server does not have this feature.</summary>
    public const uint NotAvailable = 108;

    /// <summary>The token has expired; the client gets a new one by itself if it has a callback for it.</summary>
    public const uint TokenExpired = 109;

    /// <summary>Too many requests in a short time. Temporary.</summary>
    public const uint TooManyRequests = 111;

    /// <summary>What was published since the position is no longer there.</summary>
    public const uint UnrecoverablePosition = 112;
}
