using Microsoft.Extensions.Logging;

namespace Parley.AspNetCore.Sockets;

/// <summary>The loops of the process, one for each processor; they run while there are listeners.</summary>
internal sealed partial class SocketLoops(int minSendsTogether, ILogger logger)
{
    /// <summary>How long connections that were cut are waited for: code of the application may hold them.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private SocketLoop[] _loops = [];
    private int _users;
    private uint _next;

    public SocketLoop First => _loops[0];

    /// <summary>Starts the loops unless they run.</summary>
    public void Rent()
    {
        lock (_gate)
        {
            if (_users++ == 0)
                _loops = Start();
        }
    }

    /// <summary>The loop for the next socket.</summary>
    public SocketLoop Next() => _loops[Interlocked.Increment(ref _next) % (uint)_loops.Length];

    /// <summary>Ends the loops when nobody else uses them.</summary>
    /// <param name="cancellationToken">Until then connections may end by themselves; what is left is cut.</param>
    public async Task ReturnAsync(CancellationToken cancellationToken)
    {
        SocketLoop[] loops;
        lock (_gate)
        {
            if (--_users > 0)
                return;
            loops = _loops;
        }

        var emptied = Task.WhenAll(loops.Select(static loop => loop.WhenEmptyAsync()));
        await emptied.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var loop in loops)
            loop.AbortAll();
        await Task.WhenAny(emptied, Task.Delay(Patience, CancellationToken.None));
        // The first one's thread may run the others.
        foreach (var loop in loops.Reverse())
            loop.Dispose();
    }

    private SocketLoop[] Start()
    {
        if (minSendsTogether < int.MaxValue)
            ReportIoUring();
        var first = new SocketLoop(minSendsTogether, logger);
        return [first, .. Enumerable.Range(1, Environment.ProcessorCount - 1).Select(_ => new SocketLoop(minSendsTogether, logger, first))];
    }

    private void ReportIoUring()
    {
        try
        {
            using var probe = new IoUring(capacity: 1);
            LogIoUring(logger);
        }
        catch (IOException exception)
        {
            LogNoIoUring(logger, exception.Message);
        }
    }

    [LoggerMessage(EventId = 2160, Level = LogLevel.Debug, Message = "What many clients get at once is sent by io_uring")]
    private static partial void LogIoUring(ILogger logger);

    [LoggerMessage(EventId = 2161, Level = LogLevel.Information, Message = "What many clients get at once is sent one by one: {Reason}")]
    private static partial void LogNoIoUring(ILogger logger, string reason);
}
