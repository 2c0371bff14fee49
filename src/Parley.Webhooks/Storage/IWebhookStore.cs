using Parley.Webhooks.Deliveries;

namespace Parley.Webhooks.Storage;

/// <summary>Where webhooks are kept: what is configured, messages, deliveries and attempts.</summary>
/// <remarks>
/// Thread-safe. What a method that writes has answered is on disk. Each write happens whole or not at all; one that throws
/// <see cref="WebhookStoreException"/> did not happen as far as the store knows, and may be repeated.
/// </remarks>
internal interface IWebhookStore : IAsyncDisposable
{
    /// <summary>Opens it, and brings an older one up to date. Called once, before anything else.</summary>
    /// <param name="listener">Hears what other nodes change; null when nobody keeps what was read.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="WebhookStoreException">It cannot be used: damaged, newer than this program, or in use by another.</exception>
    Task OpenAsync(IStoreListener? listener = null, CancellationToken cancellationToken = default);

    ValueTask<Resource?> ReadAsync(ResourceKind kind, Guid id, CancellationToken cancellationToken = default);

    ValueTask<Resource?> FindAsync(ResourceKind kind, Guid parent, string name, CancellationToken cancellationToken = default);

    /// <summary>Finds the key with a name, below whatever application.</summary>
    ValueTask<Resource?> FindKeyAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>Lists those below a parent, oldest first.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="parent">The parent.</param>
    /// <param name="after">Only newer ones than this; <see cref="Guid.Empty"/> for all.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<IReadOnlyList<Resource>> ListAsync(
        ResourceKind kind, Guid parent, Guid after, int limit, CancellationToken cancellationToken = default);

    /// <summary>Lists those of a kind below any parent, oldest first.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="after">Only newer ones than this; <see cref="Guid.Empty"/> for all.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<IReadOnlyList<Resource>> ListAllAsync(ResourceKind kind, Guid after, int limit, CancellationToken cancellationToken = default);

    /// <summary>Lists those of a kind that have a name, below any parent, oldest first. Those without one cost nothing.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="after">Only newer ones than this; <see cref="Guid.Empty"/> for all.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<IReadOnlyList<Resource>> ListNamedAsync(ResourceKind kind, Guid after, int limit, CancellationToken cancellationToken = default);

    /// <summary>Changes resources, all of them in one commit or none.</summary>
    /// <param name="changes">In the order in which they are made.</param>
    /// <param name="notice">A message that is accepted in the same commit; null for none. One that was accepted before changes nothing.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>What stood in the way of the first that could not be made, and then none is; otherwise <see cref="ResourceWrite.Done"/>.</returns>
    ValueTask<ResourceWrite> WriteAsync(
        IReadOnlyList<ResourceChange> changes, Acceptance? notice = null, CancellationToken cancellationToken = default);

    /// <summary>Stores a message and its deliveries.</summary>
    ValueTask<AcceptResult> AcceptAsync(Acceptance acceptance, CancellationToken cancellationToken = default);

    /// <summary>
    /// Leases what is due. A delivery whose last lease ran out without an outcome gets an attempt with
    /// <see cref="DeliveryError.Interrupted"/>, because its receiver may have it, and has used a step of its schedule.
    /// </summary>
    ValueTask<Claim> ClaimAsync(ClaimRequest request, CancellationToken cancellationToken = default);

    /// <summary>Records the outcome of a lease.</summary>
    /// <returns>
    /// False when the lease was no longer the newest: the delivery did not change. The attempt is kept in any case, also in place of the
    /// <see cref="DeliveryError.Interrupted"/> one that has its number.
    /// </returns>
    ValueTask<bool> CompleteAsync(Completion completion, CancellationToken cancellationToken = default);

    /// <summary>Has deliveries tried at once.</summary>
    /// <returns>Those that will be; not those that are being sent, are gone, or whose message is.</returns>
    ValueTask<IReadOnlyList<DeliveryKey>> RetryAsync(RetryRequest request, CancellationToken cancellationToken = default);

    /// <summary>
    /// Cancels deliveries of an endpoint that nobody is sending. One whose last lease ran out without an outcome gets its attempt with
    /// <see cref="DeliveryError.Interrupted"/>, as when it is claimed.
    /// </summary>
    /// <returns>How many; fewer than the limit when there are no more.</returns>
    ValueTask<int> CancelAsync(
        Guid endpoint, DeliveryError reason, DateTimeOffset now, int limit, CancellationToken cancellationToken = default);

    /// <summary>Lists the endpoints that have deliveries which are not final, with when the first of each is due.</summary>
    ValueTask<IReadOnlyList<DueEndpoint>> ListDueAsync(CancellationToken cancellationToken = default);

    ValueTask<Backlog> ReadBacklogAsync(DateTimeOffset now, CancellationToken cancellationToken = default);

    /// <summary>The highest id of a message; null when there is none.</summary>
    ValueTask<Guid?> ReadNewestIdAsync(CancellationToken cancellationToken = default);

    ValueTask<Message?> ReadMessageAsync(Guid application, Guid id, CancellationToken cancellationToken = default);

    /// <summary>Lists messages without their payloads.</summary>
    ValueTask<Page<Message, Guid>> ListMessagesAsync(MessageQuery query, CancellationToken cancellationToken = default);

    ValueTask<Delivery?> ReadDeliveryAsync(DeliveryKey key, CancellationToken cancellationToken = default);

    ValueTask<Page<Delivery, DeliveryKey>> ListDeliveriesAsync(DeliveryQuery query, CancellationToken cancellationToken = default);

    /// <summary>Lists the attempts of a delivery, newest first.</summary>
    /// <param name="key">The delivery.</param>
    /// <param name="before">Only those with a lower number.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<IReadOnlyList<Attempt>> ListAttemptsAsync(
        DeliveryKey key, int before, int limit, CancellationToken cancellationToken = default);

    /// <summary>Drops what is too old, a bounded part of it.</summary>
    /// <returns>Whether to go on: false when all has been looked at.</returns>
    ValueTask<bool> DropAsync(RetentionRequest request, CancellationToken cancellationToken = default);
}
