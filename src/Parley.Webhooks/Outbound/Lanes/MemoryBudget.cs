namespace Parley.Webhooks.Outbound.Lanes;

/// <summary>How much payload all lanes together hold in memory.</summary>
internal sealed class MemoryBudget
{
    /// <summary>More than this waits in the store.</summary>
    public const long Max = 128 * 1024 * 1024;

    private const int SmallestClaim = 64 * 1024;
    private const int LargestClaim = 4 * 1024 * 1024;

    /// <summary>A claim takes such a part of what is left, so that no lane takes all of it.</summary>
    private const int Share = 16;

    private long _used;

    public bool IsFull => Volatile.Read(ref _used) >= Max;

    /// <summary>Bytes that a lane may claim from the store now.</summary>
    public int ClaimBytes => (int)Math.Clamp((Max - Volatile.Read(ref _used)) / Share, SmallestClaim, LargestClaim);

    public void Add(int bytes) => Interlocked.Add(ref _used, bytes);
}
