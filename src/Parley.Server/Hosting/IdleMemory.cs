namespace Parley.Server.Hosting;

/// <summary>Gives memory back to the system when a burst is over.</summary>
/// <remarks>
/// Ten thousand handshakes leave garbage that no collection takes while the server is idle afterwards, because nothing allocates then.
/// So when hardly anything was allocated for a while, and much since the last time, one full collection runs.
/// </remarks>
internal sealed class IdleMemory(TimeProvider time) : BackgroundService
{
    private const long IdleBytes = 1024 * 1024;
    private const long WorthwhileBytes = 32 * 1024 * 1024;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(3);

    private long _lastLook;
    private long _lastCollection;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                if (IsDue(GC.GetTotalAllocatedBytes(precise: false)))
                    GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }

    /// <summary>Looks at how much has been allocated so far.</summary>
    /// <returns>Whether a collection is due now.</returns>
    internal bool IsDue(long allocated)
    {
        var isIdle = allocated - _lastLook < IdleBytes;
        _lastLook = allocated;
        if (!isIdle || allocated - _lastCollection < WorthwhileBytes)
            return false;
        _lastCollection = allocated;
        return true;
    }
}
