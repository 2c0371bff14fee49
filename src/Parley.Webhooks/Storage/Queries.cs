using Parley.Webhooks.Deliveries;

namespace Parley.Webhooks.Storage;

/// <summary>Selects messages of an application.</summary>
internal sealed record MessageQuery
{
    public required Guid Application { get; init; }

    public string? EventType { get; init; }

    public string? Channel { get; init; }

    public string? Tag { get; init; }

    /// <summary>Accepted at or after.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Accepted before.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>The page before's <see cref="Page{TItem, TCursor}.Next"/>; null for the first.</summary>
    public Guid? Cursor { get; init; }

    /// <summary>Oldest first, not newest first.</summary>
    public bool IsOldestFirst { get; init; }

    public required int Limit { get; init; }
}

/// <summary>Selects deliveries of an endpoint or of a message, in the order of their messages.</summary>
internal sealed record DeliveryQuery
{
    public Guid? Endpoint { get; init; }

    public Guid? Message { get; init; }

    public DeliveryState? State { get; init; }

    /// <summary>Of messages accepted at or after.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Of messages accepted before.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>The page before's <see cref="Page{TItem, TCursor}.Next"/>; null for the first.</summary>
    public DeliveryKey? Cursor { get; init; }

    /// <summary>Oldest first, not newest first.</summary>
    public bool IsOldestFirst { get; init; }

    public required int Limit { get; init; }
}

/// <summary>A page of a list.</summary>
/// <param name="Items">At most as many as asked for. Fewer, or none, do not mean that the list is at its end: a store looks at a bounded number of rows.</param>
/// <param name="Next">The cursor of the page that follows; null at the end of the list.</param>
internal sealed record Page<TItem, TCursor>(IReadOnlyList<TItem> Items, TCursor? Next) where TCursor : struct;

/// <summary>How much work there is.</summary>
/// <param name="OldestDue">When the delivery was due that has been due longest and that nobody has taken; null when none is.</param>
/// <param name="Outstanding">Deliveries that are not final, counted to 100,000.</param>
internal readonly record struct Backlog(DateTimeOffset? OldestDue, int Outstanding);

/// <summary>What is dropped for its age.</summary>
/// <param name="MessagesBefore">Messages accepted before, with their deliveries and attempts, when all of these are final.</param>
/// <param name="AttemptsBefore">Attempts started before, when their delivery is final, and replays made before.</param>
/// <param name="KeysBefore">Idempotency keys used before, of messages and of other calls.</param>
/// <param name="Limit">
/// About so many rows in one go, so that accepts need not wait long: also of a message that has more of them, whose attempts go first, then its
/// deliveries, and it goes last.
/// </param>
internal readonly record struct RetentionRequest(
    DateTimeOffset MessagesBefore, DateTimeOffset AttemptsBefore, DateTimeOffset KeysBefore, int Limit);
