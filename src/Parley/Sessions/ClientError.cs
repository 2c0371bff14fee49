namespace Parley.Sessions;

/// <summary>An error a command or API call is answered with; its client goes on.</summary>
/// <param name="Code">One of the documented table; application errors are 400 to 1999.</param>
/// <param name="Message">Short text for the developer.</param>
/// <param name="IsTemporary">True when the same command may succeed later.</param>
/// <remarks>Source: Centrifuge protocol v2, error codes.</remarks>
public sealed record ClientError(uint Code, string Message, bool IsTemporary = false)
{
    /// <summary>The server failed; retry.</summary>
    public static readonly ClientError Internal = new(100, "internal server error", IsTemporary: true);

    /// <summary>Not authenticated.</summary>
    public static readonly ClientError Unauthorized = new(101, "unauthorized");

    /// <summary>The channel's namespace is not configured.</summary>
    public static readonly ClientError UnknownChannel = new(102, "unknown channel");

    /// <summary>Not permitted.</summary>
    public static readonly ClientError PermissionDenied = new(103, "permission denied");

    /// <summary>No such method.</summary>
    public static readonly ClientError MethodNotFound = new(104, "method not found");

    /// <summary>The session has this subscription.</summary>
    public static readonly ClientError AlreadySubscribed = new(105, "already subscribed");

    /// <summary>A limit of the session was reached.</summary>
    public static readonly ClientError LimitExceeded = new(106, "limit exceeded");

    /// <summary>A parameter is wrong.</summary>
    public static readonly ClientError BadRequest = new(107, "bad request");

    /// <summary>The feature is not enabled in the channel's namespace.</summary>
    public static readonly ClientError NotAvailable = new(108, "not available");

    /// <summary>The token expired; get a new one.</summary>
    public static readonly ClientError TokenExpired = new(109, "token expired");

    /// <summary>The time given lies in the past.</summary>
    public static readonly ClientError Expired = new(110, "expired");

    /// <summary>Too many requests; retry later.</summary>
    public static readonly ClientError TooManyRequests = new(111, "too many requests", IsTemporary: true);

    /// <summary>The position can no longer be continued from.</summary>
    public static readonly ClientError UnrecoverablePosition = new(112, "unrecoverable position");
}
