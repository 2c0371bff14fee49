using Parley.Timing;

namespace Parley.AspNetCore.Transports.Sending;

/// <summary>Cuts a connection that is closing when its time is over.</summary>
/// <remarks>Made when the close begins, so that open connections carry no timer.</remarks>
internal sealed class CloseDeadline(ILink? link) : TimerWheelEntry
{
    /// <summary>Stands for the deadline of a connection that has ended and gets no other.</summary>
    public static readonly CloseDeadline None = new(null);

    private readonly Lock _gate = new();
    private bool _isDisarmed;
    private TaskCompletionSource? _cut;

    /// <summary>Makes sure that the connection is not cut from now on, as the host may use its parts for another request.</summary>
    public Task DisarmAsync()
    {
        lock (_gate)
        {
            _isDisarmed = true;
            return _cut?.Task ?? Task.CompletedTask;
        }
    }

    protected internal override void OnDue()
    {
        lock (_gate)
        {
            if (_isDisarmed) return;

            _cut = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        // Not here, because aborting runs code of the host, and the other entries of the wheel wait for this one.
        ThreadPool.UnsafeQueueUserWorkItem(static deadline => deadline.Cut(), this, preferLocal: false);
    }

    private void Cut()
    {
        try
        {
            link!.Cut();
        }
        catch (Exception)
        {
            // The link went by itself in this moment.
        }
        finally
        {
            _cut!.SetResult();
        }
    }
}
