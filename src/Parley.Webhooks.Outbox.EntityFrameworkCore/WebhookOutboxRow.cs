namespace Parley.Webhooks.Outbox.EntityFrameworkCore;

/// <summary>A message in the outbox, table <c>parley_outbox</c>. Times are milliseconds since 1970 (UTC).</summary>
public sealed class WebhookOutboxRow
{
    /// <summary>Given by the database, rising.</summary>
    public long Number { get; private set; }

    /// <summary>The message's own, or one made for it.</summary>
    public string Uid { get; internal set; } = "";

    /// <summary>Id or uid of the application.</summary>
    public string Application { get; internal set; } = "";

    /// <summary>As <c>invoice.paid</c>.</summary>
    public string EventType { get; internal set; } = "";

#pragma warning disable CA1819 // as the column is mapped
    /// <summary>JSON in UTF-8.</summary>
    public byte[] Payload { get; internal set; } = [];
#pragma warning restore CA1819

    /// <summary>JSON array; null for none.</summary>
    public string? Channels { get; internal set; }

    /// <summary>JSON array; null for none.</summary>
    public string? Tags { get; internal set; }

    /// <summary>Not delivered before.</summary>
    public long? DeliverAt { get; internal set; }

    /// <summary>Not delivered after.</summary>
    public long? ExpiresAt { get; internal set; }

    /// <summary>When it was enqueued.</summary>
    public long EnqueuedAt { get; internal set; }

    /// <summary>How often it was sent without success, while others could be sent.</summary>
    public int Attempts { get; internal set; }

    /// <summary>Not sent again before.</summary>
    public long DueAt { get; internal set; }

    /// <summary>Why it could not be sent last.</summary>
    public string? Error { get; internal set; }

    /// <summary>When it was refused for good; null for one that will be sent.</summary>
    public long? FailedAt { get; internal set; }

    /// <summary>Has it sent again, after the cause of its failure was removed. Takes effect when changes are saved.</summary>
    public void Retry() => (Attempts, DueAt, FailedAt) = (0, 0, null);
}
