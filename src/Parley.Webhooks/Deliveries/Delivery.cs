namespace Parley.Webhooks.Deliveries;

/// <summary>One message on its way to one endpoint, as it is stored.</summary>
internal sealed record Delivery
{
    public required DeliveryKey Key { get; init; }

    public required Guid Application { get; init; }

    public DeliveryState State { get; init; }

    /// <summary>When somebody must look at it again: it is due, or its lease ends. Null when final.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>Attempts so far.</summary>
    public int Attempts { get; init; }

    /// <summary>How much of the retry schedule is used up.</summary>
    public int Step { get; init; }

    /// <summary>Waits that have used up nothing of the schedule since it began: shorter ones that the receiver asked for, and those for this server.</summary>
    public int Waits { get; init; }

    /// <summary>Rises with every lease. A result is taken only from the holder of the newest one.</summary>
    public long Fence { get; init; }

    /// <summary>What its next attempt is made for.</summary>
    public AttemptTrigger Trigger { get; init; }

    /// <summary>Status code of the last answer.</summary>
    public int? LastStatus { get; init; }

    /// <summary>What went wrong last, or why it was given up; null when nothing did.</summary>
    public DeliveryError? LastError { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }

    public bool IsFinal => State >= DeliveryState.Succeeded;

    /// <summary>Whether only the state of its endpoint kept it from being sent.</summary>
    public bool IsWithheld => State is DeliveryState.Cancelled && LastError is DeliveryError.EndpointDisabled or DeliveryError.EndpointPending;
}
