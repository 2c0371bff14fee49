namespace Parley.Webhooks.Work;

/// <summary>Does what many ask for: never twice at once, and once more when somebody has asked while it was under way. Thread-safe.</summary>
/// <param name="work">Must not throw.</param>
internal sealed class CoalescedWork(Func<Task> work)
{
    private int _asked;
    private Task _run = Task.CompletedTask;

    /// <summary>The last run; it is over when nobody asks for more.</summary>
    public Task Run => Volatile.Read(ref _run);

    /// <summary>Asks for the work, without waiting for it.</summary>
    public void Ask()
    {
        if (Interlocked.Increment(ref _asked) == 1)
            Volatile.Write(ref _run, RunAsync());
    }

    private async Task RunAsync()
    {
        int seen;
        do
        {
            seen = Volatile.Read(ref _asked);
            await work();
        }
        while (Interlocked.CompareExchange(ref _asked, 0, seen) != seen);
    }
}
