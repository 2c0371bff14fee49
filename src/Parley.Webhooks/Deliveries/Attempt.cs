namespace Parley.Webhooks.Deliveries;

/// <summary>One HTTP request of a delivery, or a try at one, as it is stored.</summary>
internal sealed record Attempt
{
    public required DeliveryKey Key { get; init; }

    /// <summary>1 for the first.</summary>
    public required int Number { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>From the start to the end of the answer.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>Null for one that succeeded.</summary>
    public DeliveryError? Error { get; init; }

    public int? Status { get; init; }

    /// <summary>What the schedule, an operator or a replay has started it.</summary>
    public AttemptTrigger Trigger { get; init; }

    /// <summary>Request and answer; null when there was none.</summary>
    public Exchange? Exchange { get; init; }
}

/// <summary>Why an attempt was made.</summary>
internal enum AttemptTrigger
{
    Schedule = 0,
    Manual = 1,
    Replay = 2,
}
