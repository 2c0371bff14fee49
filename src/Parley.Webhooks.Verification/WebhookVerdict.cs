namespace Parley.Webhooks.Verification;

/// <summary>What came of a verification.</summary>
public enum WebhookVerdict
{
    /// <summary>Signed by one of the keys, and recent.</summary>
    Valid,

    /// <summary>An id, timestamp or signature is missing or empty.</summary>
    MissingHeader,

    /// <summary>The id cannot be one: too long, a full stop in it, or characters that are not visible ASCII.</summary>
    InvalidId,

    /// <summary>The timestamp is not a whole number of seconds.</summary>
    InvalidTimestamp,

    /// <summary>Signed longer ago than the tolerance: perhaps a recorded request that is played again.</summary>
    TooOld,

    /// <summary>Signed further in the future than the tolerance.</summary>
    TooNew,

    /// <summary>No signature fits any of the keys.</summary>
    InvalidSignature,
}
