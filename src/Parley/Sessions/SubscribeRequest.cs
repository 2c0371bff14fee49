namespace Parley.Sessions;

/// <summary>What a client asks for when it subscribes.</summary>
internal sealed record SubscribeRequest
{
    public required string Channel { get; init; }

    /// <summary>Subscription token; empty: none.</summary>
    public string Token { get; init; } = "";

    /// <summary>The position to recover from; null: not recovering.</summary>
    public StreamPosition? RecoverSince { get; init; }

    public bool WantsPositioning { get; init; }

    public bool WantsRecovery { get; init; }

    public bool WantsJoinLeave { get; init; }

    /// <summary>Refuse with 112 instead of subscribing when the position is lost.</summary>
    public bool RejectUnrecovered { get; init; }

    /// <summary>Name of a delta format; empty: none.</summary>
    public string Delta { get; init; } = "";

    /// <summary>Whether a filter on tags came along.</summary>
    public bool HasTagsFilter { get; init; }

    public SubscriptionType Type { get; init; }
}

/// <summary>Kinds of subscriptions, by their number in the Centrifuge protocol.</summary>
internal enum SubscriptionType
{
    Stream = 0,
    Map = 1,
    MapClients = 2,
    MapUsers = 3,
    SharedPoll = 4,
}
