namespace Parley.Webhooks;

/// <summary>Sends webhooks to the endpoints of applications.</summary>
/// <remarks>Thread-safe.</remarks>
public interface IWebhooks
{
    /// <summary>
    /// Accepts a message for an application. When this returns, it is on disk, and each of its deliveries ends as succeeded, failed or cancelled: when it
    /// expires before, its endpoint is disabled or deleted, or the endpoint's script returns null.
    /// </summary>
    /// <param name="application">Id (<c>app_…</c>) or uid of the application.</param>
    /// <param name="message">The event.</param>
    /// <param name="cancellationToken">Ends the wait. The message may be accepted all the same: give it a <see cref="WebhookMessage.Uid"/>, and send it again.</param>
    /// <exception cref="WebhookException">It was not accepted; <see cref="WebhookException.Code"/> says why.</exception>
    /// <exception cref="Storage.WebhookStoreException">The store is not available now.</exception>
    ValueTask<WebhookReceipt> SendAsync(string application, WebhookMessage message, CancellationToken cancellationToken = default);
}
