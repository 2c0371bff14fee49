using Parley.Webhooks.Deliveries;

namespace Parley.Webhooks.Storage;

/// <summary>A message with the deliveries that are stored with it, in one commit.</summary>
/// <param name="Message">The message.</param>
/// <param name="Deliveries">One for each endpoint.</param>
/// <param name="IdempotencyKey">A second acceptance of the application with this key is the first one; null for none.</param>
internal sealed record Acceptance(Message Message, IReadOnlyList<NewDelivery> Deliveries, string? IdempotencyKey = null);

/// <summary>A delivery to be.</summary>
/// <param name="Endpoint">Where to.</param>
/// <param name="DueAt">When it is due, or when its lease ends.</param>
/// <param name="IsLeased">Whether this node sends it at once; its fence is then 1.</param>
internal readonly record struct NewDelivery(Guid Endpoint, DateTimeOffset DueAt, bool IsLeased);

/// <summary>What came of an acceptance.</summary>
/// <param name="Outcome">Whether it is new.</param>
/// <param name="Message">The message's id: that of the first when it is not new.</param>
internal readonly record struct AcceptResult(AcceptOutcome Outcome, Guid Message);

internal enum AcceptOutcome
{
    /// <summary>Stored, and synced to disk.</summary>
    Accepted,

    /// <summary>The same was accepted before: nothing was stored.</summary>
    Duplicate,

    /// <summary>Another message was accepted with the uid or idempotency key: nothing was stored.</summary>
    Conflict,
}
