namespace Parley.AspNetCore.Protocols.Centrifuge.Recovery;

/// <summary>What came of asking a <see cref="WrittenRun"/>.</summary>
internal enum RunStatus
{
    Written,

    /// <summary>A publication has no form in the encoding.</summary>
    CannotBeSaid,

    /// <summary>The run is no longer in use; another one takes its place.</summary>
    Dropped,
}
