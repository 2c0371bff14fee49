namespace Parley.Webhooks.Deliveries;

/// <summary>What went wrong with an attempt, or why a delivery ended. Names and numbers are public and stored.</summary>
internal enum DeliveryError
{
    /// <summary>The receiver answered with another status than 2xx.</summary>
    Status = 1,

    /// <summary>The whole exchange was not over in time.</summary>
    Timeout = 2,

    /// <summary>The host's name was not found.</summary>
    Dns = 3,

    /// <summary>No connection.</summary>
    Connect = 4,

    /// <summary>No secure connection: certificate, name or protocol.</summary>
    Tls = 5,

    /// <summary>The connection broke, or the answer was not HTTP.</summary>
    Protocol = 6,

    /// <summary>The address is not allowed.</summary>
    Blocked = 7,

    /// <summary>The transformation failed.</summary>
    Transformation = 8,

    /// <summary>The body does not fit the receiver's schema.</summary>
    BodySchema = 9,

    /// <summary>No access token for the receiver.</summary>
    Authentication = 10,

    /// <summary>The endpoint's configuration does not make a request.</summary>
    Configuration = 11,

    /// <summary>The process that sent it ended before the outcome was recorded: the receiver may have it.</summary>
    Interrupted = 12,

    /// <summary>The message's time was over.</summary>
    Expired = 13,

    /// <summary>The endpoint was disabled.</summary>
    EndpointDisabled = 14,

    /// <summary>The endpoint was deleted.</summary>
    EndpointDeleted = 15,

    /// <summary>The transformation cancelled it.</summary>
    TransformationCancelled = 16,

    /// <summary>The receiver asked not to be sent this message again.</summary>
    Aborted = 17,

    /// <summary>The message itself is gone: its retention is over.</summary>
    MessageGone = 18,

    /// <summary>The endpoint's receiver has not consented yet.</summary>
    EndpointPending = 19,

    /// <summary>The message does not make a URL of the endpoint's template.</summary>
    UrlTemplate = 20,

    /// <summary>This server could not run the transformation.</summary>
    WorkerUnavailable = 21,
}

/// <summary>What errors mean.</summary>
internal static class DeliveryErrors
{
    /// <summary>Whether the request was not even sent, because it could not be made.</summary>
    public static bool IsBeforeSending(this DeliveryError error) =>
        error is DeliveryError.Transformation or DeliveryError.BodySchema or DeliveryError.UrlTemplate or DeliveryError.Configuration
            or DeliveryError.WorkerUnavailable;

    /// <summary>Whether another attempt would end in the same way, until the endpoint is changed.</summary>
    public static bool IsLasting(this DeliveryError error) => error is DeliveryError.BodySchema or DeliveryError.UrlTemplate;
}
