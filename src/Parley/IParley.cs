using Parley.Brokers;
using Parley.Presence;

namespace Parley;

/// <summary>The server's side of Parley: what the HTTP API offers, for applications that host the library.</summary>
/// <remarks>Thread-safe. Calls reach the sessions of all nodes. Refusals are a <see cref="ParleyException"/>.</remarks>
public interface IParley : IPublisher
{
    /// <summary>Subscribes sessions of a user to a channel from the server's side.</summary>
    ValueTask SubscribeAsync(SessionSelector sessions, string channel, ServerSubscribeOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Ends subscriptions of a user's sessions.</summary>
    /// <param name="sessions">Whose.</param>
    /// <param name="channel">Null or empty: all channels.</param>
    /// <param name="cancellationToken">Ends the wait for other nodes.</param>
    ValueTask UnsubscribeAsync(SessionSelector sessions, string? channel, CancellationToken cancellationToken = default);

    /// <summary>Closes sessions of a user.</summary>
    ValueTask DisconnectAsync(SessionSelector sessions, DisconnectOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Changes the expiry of a user's sessions.</summary>
    ValueTask RefreshAsync(SessionSelector sessions, RefreshOptions options, CancellationToken cancellationToken = default);

    /// <summary>Who is in a channel, by client id.</summary>
    ValueTask<IReadOnlyDictionary<string, ClientInfo>> GetPresenceAsync(string channel, CancellationToken cancellationToken = default);

    /// <summary>How many are in a channel.</summary>
    ValueTask<PresenceStats> GetPresenceStatsAsync(string channel, CancellationToken cancellationToken = default);

    /// <summary>Reads from a channel's history.</summary>
    /// <param name="channel">A channel that keeps history, else 108.</param>
    /// <param name="limit">Most publications; 0 the position only, -1 all that are kept.</param>
    /// <param name="since">Start after this position; one that is lost is refused with 112.</param>
    /// <param name="reverse">Newest first.</param>
    /// <param name="cancellationToken">Ends the wait for storage.</param>
    ValueTask<HistoryPage> GetHistoryAsync(
        string channel, int limit = 0, StreamPosition? since = null, bool reverse = false, CancellationToken cancellationToken = default);

    /// <summary>Removes the publications of a channel; its offset and epoch stay.</summary>
    ValueTask RemoveHistoryAsync(string channel, CancellationToken cancellationToken = default);

    /// <summary>Channels with subscribers, and how many sessions each has, over all nodes.</summary>
    /// <param name="pattern">Glob with <c>*</c> and <c>?</c>; null: all.</param>
    /// <param name="cancellationToken">Ends the wait for other nodes.</param>
    ValueTask<IReadOnlyDictionary<string, int>> GetChannelsAsync(string? pattern = null, CancellationToken cancellationToken = default);

    /// <summary>The nodes and what they carry.</summary>
    ValueTask<IReadOnlyList<NodeInfo>> GetNodesAsync(CancellationToken cancellationToken = default);
}
