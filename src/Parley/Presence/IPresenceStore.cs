namespace Parley.Presence;

/// <summary>Knows which clients are in which channel, over all nodes.</summary>
/// <remarks>
/// Thread-safe. A member belongs to the node that added it; the members of a node that stops its heartbeat expire together.
/// </remarks>
public interface IPresenceStore
{
    /// <summary>Adds a member, or replaces what is known of it.</summary>
    ValueTask AddAsync(string channel, ClientInfo info, CancellationToken cancellationToken = default);

    /// <summary>Removes a member; nothing happens when it is not there.</summary>
    ValueTask RemoveAsync(string channel, string client, CancellationToken cancellationToken = default);

    /// <summary>Renews the lease of this node's members.</summary>
    ValueTask HeartbeatAsync(CancellationToken cancellationToken = default);

    /// <summary>The members of a channel by client id.</summary>
    ValueTask<IReadOnlyDictionary<string, ClientInfo>> ListAsync(
        string channel, CancellationToken cancellationToken = default);

    /// <summary>How many clients and distinct users are in a channel.</summary>
    ValueTask<PresenceStats> CountAsync(string channel, CancellationToken cancellationToken = default);
}
