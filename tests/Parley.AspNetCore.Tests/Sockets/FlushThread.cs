using Parley.Sessions;

namespace Parley.AspNetCore.Tests.Sockets;

/// <summary>A thread that flushes, whose rounds may be sent by one system call.</summary>
internal static class FlushThread
{
    /// <summary>Runs code in a batch, of few connections, and waits until they are flushed.</summary>
    /// <returns>Where.</returns>
    public static Thread Run(Action enqueue)
    {
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                FlushRound.IsFlushThread = true;
                using var batch = FlushBatch.Begin();
                enqueue();
            }
            catch (Exception exception)
            {
                failure = exception;
            }
        });
        thread.Start();
        thread.Join();
        Assert.Null(failure);
        return thread;
    }
}
