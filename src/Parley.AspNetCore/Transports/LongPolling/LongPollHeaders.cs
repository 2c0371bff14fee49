namespace Parley.AspNetCore.Transports.LongPolling;

/// <summary>The envelope of long polling: header names. Source: docs/protocol/long-polling.md.</summary>
internal static class LongPollHeaders
{
    /// <summary>Which session: a secret. A request without it opens one.</summary>
    public const string Session = "Parley-Session";

    /// <summary>Which node the session lives on.</summary>
    public const string Node = "Parley-Node";

    /// <summary>The last batch that the client has; makes a request a poll.</summary>
    public const string Ack = "Parley-Ack";

    /// <summary>The number of the commands in the body; in an answer, of the last that were taken.</summary>
    public const string Seq = "Parley-Seq";

    /// <summary>Seconds that a poll may be held.</summary>
    public const string Wait = "Parley-Wait";

    /// <summary>The number of the batch in the body of an answer.</summary>
    public const string Batch = "Parley-Batch";

    /// <summary>Says that no batch comes after this one.</summary>
    public const string Last = "Parley-Last";

    /// <summary>What other sites' pages may send.</summary>
    public const string Allowed = $"Authorization, Content-Type, {Session}, {Node}, {Ack}, {Seq}, {Wait}";

    /// <summary>What other sites' pages may read.</summary>
    public const string Exposed = $"Retry-After, {Session}, {Node}, {Batch}, {Seq}, {Last}";
}
