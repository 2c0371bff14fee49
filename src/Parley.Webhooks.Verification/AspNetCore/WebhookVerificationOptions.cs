namespace Parley.Webhooks.Verification.AspNetCore;

/// <summary>How an endpoint verifies the webhooks that it receives.</summary>
public sealed class WebhookVerificationOptions
{
    /// <summary>Keys of the sender, <c>whsec_…</c> or <c>whpk_…</c>, one to 32: several while a key is changed. Read for every request.</summary>
    public IList<string> Keys { get; set; } = [];

    /// <summary>How far a timestamp may be from now, on both sides: 1 second to 1 hour. Default 5 minutes.</summary>
    public TimeSpan Tolerance { get; set; } = WebhookVerifier.DefaultTolerance;

    /// <summary>Largest body that is read, 1 byte to 64 MiB; a larger one is answered 413. Default 1 MiB.</summary>
    public int MaxBodyBytes { get; set; } = 1024 * 1024;

    /// <summary>
    /// Remembers which webhooks were processed, so that none is processed twice: a second request with the id of one that was answered 2xx
    /// is answered 200 and goes no further, and one whose first is still being processed is answered 409, which its sender tries again.
    /// Default: a memory of this process of <see cref="WebhookIdMemory.DefaultCapacity"/> ids. Null: every valid request is processed.
    /// </summary>
    /// <remarks>Senders try again for days. To drop duplicates for as long, over several processes, keep the ids where your data is.</remarks>
    public IWebhookIdStore? Ids { get; set; } = new WebhookIdMemory();
}
