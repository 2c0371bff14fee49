namespace Parley.Sessions;

/// <summary>Why the server ended a subscription.</summary>
/// <remarks>
/// Codes below 2500 end it, those from 2500 make the client subscribe again. Source: Centrifuge protocol v2, unsubscribe codes.
/// </remarks>
public sealed record UnsubscribeReason(uint Code, string Reason)
{
    /// <summary>The application ended the subscription.</summary>
    public static readonly UnsubscribeReason Server = new(2000, "server unsubscribe");

    /// <summary>A gap was found in what the client got.</summary>
    public static readonly UnsubscribeReason InsufficientState = new(2500, "insufficient state");

    /// <summary>The subscription's token expired.</summary>
    public static readonly UnsubscribeReason Expired = new(2501, "subscription expired");
}
