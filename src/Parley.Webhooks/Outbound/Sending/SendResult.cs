using Parley.Webhooks.Deliveries;

namespace Parley.Webhooks.Outbound.Sending;

/// <summary>What came of a request.</summary>
internal sealed record SendResult
{
    public required DateTimeOffset StartedAt { get; init; }

    public required TimeSpan Duration { get; init; }

    public int? Status { get; init; }

    /// <summary>Null for 2xx that was over in time.</summary>
    public DeliveryError? Error { get; init; }

    /// <summary>How long the receiver asks to wait; null: it does not.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>What the receiver asks for by <c>webhook-delivery</c>.</summary>
    public ReceiverDirective Directive { get; init; }

    /// <summary>What was sent, as the script made it; empty when nothing was.</summary>
    public ReadOnlyMemory<byte> RequestBody { get; init; }

    /// <summary>Nothing was sent because of this server, not of the endpoint: it is no attempt, unless it goes on.</summary>
    public bool IsPostponed { get; init; }

    /// <summary>Nothing was sent because the endpoint was changed meanwhile: it is no attempt, and may be made at once as the endpoint is now.</summary>
    public bool IsOutdated { get; init; }

    public required Exchange Exchange { get; init; }
}

/// <summary>Values of the answer's header <c>webhook-delivery</c> (Standard Webhooks, proposal 291).</summary>
internal enum ReceiverDirective
{
    None,

    /// <summary><c>disable</c>: send nothing more to this endpoint.</summary>
    Disable,

    /// <summary><c>abort-message</c>: do not send this message again.</summary>
    AbortMessage,
}
