using Parley.Webhooks.Deliveries;

namespace Parley.Webhooks.Storage;

/// <summary>Has deliveries of an application tried at once, with a schedule that begins anew.</summary>
internal sealed record RetryRequest
{
    public required Guid Application { get; init; }

    public required IReadOnlyList<DeliveryKey> Keys { get; init; }

    public required DateTimeOffset Now { get; init; }

    public required AttemptTrigger Trigger { get; init; }

    /// <summary>Which of those that exist.</summary>
    public RetryScope Scope { get; init; }

    /// <summary>Whether those are made that do not exist, when their message does.</summary>
    public bool AddMissing { get; init; }
}

/// <summary>Which deliveries a <see cref="RetryRequest"/> touches.</summary>
internal enum RetryScope
{
    /// <summary>Final ones again, and waiting ones earlier.</summary>
    All,

    /// <summary>Final ones only.</summary>
    Final,

    /// <summary>Those only that were cancelled because their endpoint was disabled or pending: <see cref="Delivery.IsWithheld"/>.</summary>
    Withheld,

    /// <summary>None that exist.</summary>
    None,
}
