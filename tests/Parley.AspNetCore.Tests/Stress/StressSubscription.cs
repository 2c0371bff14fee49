namespace Parley.AspNetCore.Tests.Stress;

/// <summary>What one subscription must get and may get, in numbers of its channel's <see cref="ChannelLedger"/>.</summary>
/// <param name="Channel">Index of the channel.</param>
/// <param name="NothingUpTo">These had reached all subscribers before it was asked for.</param>
internal sealed record StressSubscription(int Channel, long NothingUpTo)
{
    private long _everythingUpTo;
    private long _nothingAfter = long.MaxValue;

    /// <summary>What began to be delivered behind this must arrive: it was subscribed by then.</summary>
    public long EverythingAfter { get; set; } = long.MaxValue;

    /// <summary>These had reached all subscribers before it was asked to end.</summary>
    public long EverythingUpTo
    {
        get => Volatile.Read(ref _everythingUpTo);
        set => Volatile.Write(ref _everythingUpTo, value);
    }

    /// <summary>What began to be delivered behind this must not arrive: it had ended by then.</summary>
    public long NothingAfter
    {
        get => Volatile.Read(ref _nothingAfter);
        set => Volatile.Write(ref _nothingAfter, value);
    }

    /// <summary>Where the client asked to go on from; null: it did not.</summary>
    public ulong? RecoveredSince { get; set; }

    /// <summary>What it got with the answer, oldest first.</summary>
    public IReadOnlyList<(long Id, ulong Offset)> Recovered { get; set; } = [];

    /// <summary>Offset of the first publication behind the answer; 0: the channel has none.</summary>
    public ulong NextOffset { get; set; }
}
