using Parley.Authentication;
using Parley.Sessions;

namespace Parley.Nodes;

/// <summary>What one node asks of all.</summary>
internal abstract record NodeRequest
{
    public sealed record Subscribe(SessionSelector Sessions, string Channel, SubscriptionGrant Grant) : NodeRequest;

    public sealed record Unsubscribe(SessionSelector Sessions, string? Channel, UnsubscribeReason Reason) : NodeRequest;

    public sealed record Disconnect(SessionSelector Sessions, DisconnectReason Reason, IReadOnlyCollection<string> Whitelist) : NodeRequest;

    public sealed record Refresh(SessionSelector Sessions, RefreshOptions Options) : NodeRequest;

    public sealed record Channels(string? Pattern) : NodeRequest;

    public sealed record Info : NodeRequest;
}

/// <summary>What one node answers.</summary>
internal sealed record NodeAnswer
{
    public static readonly NodeAnswer Done = new();

    /// <summary>Why the request failed on this node; null when it did not.</summary>
    public ClientError? Error { get; init; }

    /// <summary>Channels and their subscriptions on this node.</summary>
    public IReadOnlyDictionary<string, int> Channels { get; init; } = new Dictionary<string, int>();

    public NodeInfo? Info { get; init; }
}
