using Parley.Webhooks.Deliveries;

namespace Parley.Webhooks.Storage;

/// <summary>Asks for due deliveries of an endpoint, leased to this node.</summary>
internal sealed record ClaimRequest
{
    public required Guid Endpoint { get; init; }

    public required DateTimeOffset Now { get; init; }

    public required DateTimeOffset LeaseUntil { get; init; }

    /// <summary>Deliveries at most.</summary>
    public required int Limit { get; init; }

    /// <summary>Bytes of payload at most; one delivery is claimed however large it is.</summary>
    public int MaxBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>In the order of the messages, and nothing behind one that must wait or that another node has.</summary>
    public bool IsOrdered { get; init; }
}

/// <summary>What was claimed.</summary>
/// <param name="Deliveries">Leased, with their messages, those due longest first.</param>
/// <param name="NextDue">When there is more to claim for the endpoint: in order, when its head is due. Null when nothing is left.</param>
internal sealed record Claim(IReadOnlyList<ClaimedDelivery> Deliveries, DateTimeOffset? NextDue);

/// <summary>A leased delivery and its message; null when the message's retention is over.</summary>
internal readonly record struct ClaimedDelivery(Delivery Delivery, Message? Message);

/// <summary>An endpoint that has deliveries which are not final.</summary>
internal readonly record struct DueEndpoint(Guid Application, Guid Endpoint, DateTimeOffset DueAt);

/// <summary>The outcome of a leased delivery.</summary>
internal sealed record Completion
{
    public required DeliveryKey Key { get; init; }

    /// <summary>That of the lease; the outcome is dropped when there is a newer one.</summary>
    public required long Fence { get; init; }

    public required DeliveryState State { get; init; }

    /// <summary>When it is due again; null for a final state.</summary>
    public DateTimeOffset? DueAt { get; init; }

    public int Step { get; init; }

    public int Waits { get; init; }

    public DeliveryError? Error { get; init; }

    public required DateTimeOffset Now { get; init; }

    /// <summary>What was tried; null when nothing was.</summary>
    public Attempt? Attempt { get; init; }

    /// <summary>A message that is accepted in the same commit when the outcome is taken; null for none.</summary>
    public Acceptance? Notice { get; init; }
}
