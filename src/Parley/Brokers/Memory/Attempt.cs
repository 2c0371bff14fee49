namespace Parley.Brokers.Memory;

/// <summary>How far an operation on a channel came.</summary>
internal enum Attempt : byte
{
    /// <summary>It is done.</summary>
    Done,

    /// <summary>It is done, and the caller is the one to raise what is queued.</summary>
    MustRaise,

    /// <summary>Nothing happened: too many events wait.</summary>
    Full,

    /// <summary>Nothing happened: the channel has just been forgotten, and another object stands for it now.</summary>
    Removed,
}
