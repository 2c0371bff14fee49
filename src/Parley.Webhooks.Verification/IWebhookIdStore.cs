namespace Parley.Webhooks.Verification;

/// <summary>Remembers which webhooks were processed. Implementations are thread-safe.</summary>
public interface IWebhookIdStore
{
    /// <summary>Claims an id before its webhook is processed.</summary>
    /// <param name="id">Value of the header <c>webhook-id</c>, of a request whose signature was valid.</param>
    /// <param name="cancellationToken">Ends the wait for storage.</param>
    /// <returns>Whether to process it.</returns>
    ValueTask<WebhookIdClaim> ClaimAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>Says what came of a claim that was <see cref="WebhookIdClaim.Process"/>.</summary>
    /// <param name="id">The id.</param>
    /// <param name="processed">Whether it was processed; if not it is forgotten, so that the sender's next attempt is processed.</param>
    /// <param name="cancellationToken">Ends the wait for storage.</param>
    ValueTask CompleteAsync(string id, bool processed, CancellationToken cancellationToken = default);
}

/// <summary>What to do with a webhook by its id.</summary>
public enum WebhookIdClaim
{
    /// <summary>It is new: process it, then call <see cref="IWebhookIdStore.CompleteAsync"/>.</summary>
    Process,

    /// <summary>Another request with the id is being processed.</summary>
    InProgress,

    /// <summary>It was processed already.</summary>
    Processed,
}
