namespace Parley.AspNetCore.Transports.LongPolling;

/// <summary>Kinds of answers to a poll.</summary>
internal enum PollStatus
{
    /// <summary>There is no such session, or not any more.</summary>
    Unknown,

    /// <summary>A batch, new or once more.</summary>
    Batch,

    /// <summary>There was nothing for as long as it was held.</summary>
    Empty,

    /// <summary>A later poll has taken its place.</summary>
    Superseded,

    /// <summary>It acknowledges what was never sent.</summary>
    Wrong,
}
