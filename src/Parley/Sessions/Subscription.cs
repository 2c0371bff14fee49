using Parley.Authentication;
using Parley.Channels;
using Parley.Hubs;

namespace Parley.Sessions;

/// <summary>A session's interest in one channel.</summary>
internal sealed class Subscription(Session session, string channel, bool isServerSide)
{
    /// <summary>Where it stands in its channel; guarded by the channel's lock.</summary>
    public Reader Reader = new();

    public Session Session { get; } = session;

    public string Channel { get; } = channel;

    public bool IsServerSide { get; } = isServerSide;

    /// <summary>What the client is told: complete when the subscription has started, and let go when it is live.</summary>
    public SubscribeResult Result { get; set; } = SubscribeResult.Told;

    // Set while starting, by the one command that starts it.
    public ChannelOptions Options { get; set; } = null!;
    public SubscriptionGrant Grant { get; set; } = SubscriptionGrant.Default;
    public ClientInfo Info { get; set; } = null!;
    public bool IsPositioned { get; set; }
    public bool HasPresence { get; set; }
    public bool TellsJoinLeave { get; set; }
    public bool GetsJoinLeave { get; set; }
    public bool IsRefreshedByClient { get; set; }

    // Guarded by the session's lock.
    public SubscriptionPhase Phase { get; set; }
    public long ExpiryDue { get; set; } = long.MaxValue;
    public TaskCompletionSource? Settled { get; set; }

    /// <summary>Why the server ended it while it was starting; its client is told when it has been told of the beginning.</summary>
    public UnsubscribeReason? EndsWith { get; set; }

    /// <summary>Whether its client was told that it began, so that others must be told that it ended.</summary>
    public bool WasLive { get; set; }

    /// <summary>Whether its join is being told.</summary>
    public bool IsJoining { get; set; }

    /// <summary>Whether it has been taken out of everything, or is about to be.</summary>
    public bool IsOut { get; set; }

    /// <summary>The channel it reads; null before it joined. Guarded by the session's lock.</summary>
    public HubChannel? HubChannel { get; set; }
}

/// <summary>Life of a subscription as its session sees it.</summary>
internal enum SubscriptionPhase
{
    Starting,
    Active,
    Ending,
}
