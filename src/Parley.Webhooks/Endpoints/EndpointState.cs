namespace Parley.Webhooks.Endpoints;

/// <summary>Whether an endpoint gets deliveries. Names are public and stored.</summary>
internal enum EndpointState
{
    Active,

    /// <summary>By its owner, its receiver or its failures: nothing is sent, what waits is cancelled, and new messages make no deliveries.</summary>
    Disabled,

    /// <summary>Its receiver has not consented yet: as if disabled, until it is verified.</summary>
    Pending,
}

/// <summary>Why an endpoint is disabled.</summary>
internal enum DisabledReason
{
    /// <summary>Somebody said so through the API.</summary>
    Requested,

    /// <summary>The receiver answered 410 Gone.</summary>
    Gone,

    /// <summary>The receiver answered <c>webhook-delivery: disable</c>.</summary>
    ReceiverRefused,

    /// <summary>Nothing but failures for too long.</summary>
    Failing,
}
