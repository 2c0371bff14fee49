namespace Parley.Webhooks.Deliveries;

/// <summary>Where a delivery stands. The first three are due at a time; the others are final.</summary>
internal enum DeliveryState
{
    /// <summary>Not tried yet.</summary>
    Pending = 0,

    /// <summary>Leased to a node, which sends it; when the lease has run out, any node may take it.</summary>
    Sending = 1,

    /// <summary>Tried in vain; due again later.</summary>
    Waiting = 2,

    /// <summary>The receiver took it.</summary>
    Succeeded = 3,

    /// <summary>Given up: the dead letter.</summary>
    Failed = 4,

    /// <summary>Not wanted any more: its endpoint was deleted or disabled, or the message expired.</summary>
    Cancelled = 5,
}
