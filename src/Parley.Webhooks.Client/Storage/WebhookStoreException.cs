namespace Parley.Webhooks.Storage;

/// <summary>The store of webhooks cannot be used, or not now.</summary>
public sealed class WebhookStoreException : Exception
{
    /// <summary>Says why.</summary>
    /// <param name="problem">The kind of trouble.</param>
    /// <param name="message">What happened, and what to do.</param>
    /// <param name="innerException">What the database said.</param>
    public WebhookStoreException(WebhookStoreProblem problem, string message, Exception? innerException = null)
        : base(message, innerException) => Problem = problem;

    /// <summary>The kind of trouble.</summary>
    public WebhookStoreProblem Problem { get; }
}

/// <summary>Kinds of trouble with a store.</summary>
public enum WebhookStoreProblem
{
    /// <summary>It does not answer, or is busy for too long: later it may.</summary>
    Unavailable,

    /// <summary>No space is left.</summary>
    Full,

    /// <summary>The file or database is damaged, or is not one of Parley's.</summary>
    Damaged,

    /// <summary>A newer version of Parley has written it.</summary>
    TooNew,

    /// <summary>Another process uses it, which only one may.</summary>
    InUse,
}
