namespace Parley.Client;

/// <summary>Where a <see cref="Subscription"/> stands.</summary>
public enum SubscriptionState
{
    /// <summary>Not subscribed, and not trying.</summary>
    Unsubscribed,

    /// <summary>Waiting for the connection, a token, the server's answer, or to try again.</summary>
    Subscribing,

    /// <summary>Publications arrive.</summary>
    Subscribed,
}
