namespace Parley.Brokers;

/// <summary>Carries publications between nodes and keeps the history of channels.</summary>
/// <remarks>
/// Thread-safe. Within one epoch the offsets of a channel rise by one and never repeat. What a broker accepted is in the history
/// for as long as its options say, or the epoch has changed.
/// </remarks>
public interface IBroker
{
    /// <summary>Starts the broker. Called once, before anything else.</summary>
    /// <param name="events">Where publications, joins and leaves of the channels this node subscribed to are raised.</param>
    /// <param name="cancellationToken">Gives up the start.</param>
    ValueTask StartAsync(IBrokerEvents events, CancellationToken cancellationToken = default);

    /// <summary>Publishes to a channel: stores, assigns the offset, and sends to every subscribed node.</summary>
    /// <returns>
    /// The position of the publication, or the one of the publication that the idempotency key or the version
    /// found in its place.
    /// </returns>
    /// <exception cref="BrokerUnavailableException">The broker did not take it, or may not have: retry with an idempotency key.</exception>
    ValueTask<PublishResult> PublishAsync(
        string channel, BrokerPublishRequest request, CancellationToken cancellationToken = default);

    /// <summary>Tells the subscribers of a channel that a client joined. At most once; not in the history.</summary>
    ValueTask PublishJoinAsync(string channel, ClientInfo info, CancellationToken cancellationToken = default);

    /// <summary>Tells the subscribers of a channel that a client left. Ordered after the join of the same client.</summary>
    ValueTask PublishLeaveAsync(string channel, ClientInfo info, CancellationToken cancellationToken = default);

    /// <summary>Begins to raise the events of a channel on this node. When it returns, nothing published later is missed.</summary>
    ValueTask SubscribeAsync(string channel, CancellationToken cancellationToken = default);

    /// <summary>Stops raising the events of a channel on this node.</summary>
    ValueTask UnsubscribeAsync(string channel, CancellationToken cancellationToken = default);

    /// <summary>Reads from the history of a channel, and creates the channel's stream when there is none.</summary>
    /// <exception cref="BrokerUnavailableException">Storage did not answer in time.</exception>
    ValueTask<HistoryPage> ReadHistoryAsync(
        string channel, HistoryQuery query, CancellationToken cancellationToken = default);

    /// <summary>Removes the publications of a channel; offset and epoch stay.</summary>
    ValueTask RemoveHistoryAsync(string channel, CancellationToken cancellationToken = default);
}
