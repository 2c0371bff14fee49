using System.Threading.Channels;
using System.Threading.Tasks.Sources;
using Microsoft.Data.Sqlite;
using Parley.Webhooks.Storage;

namespace Parley.Webhooks.Sqlite;

/// <summary>The only one that writes: a thread that commits together what has gathered while the commit before was synced to disk.</summary>
/// <remarks>A sync costs the same for one write as for a thousand, so under load the cost of each falls. Nobody is answered before it.</remarks>
internal sealed class SqliteWriter : IDisposable
{
    private const int MaxGathered = 1_000;

    private static readonly TimeSpan PatienceInDoubt = TimeSpan.FromSeconds(1);

    private readonly Func<SqliteSession> _open;
    private readonly WriteRoom _room;
    private readonly LogKeeper? _log;
    private readonly Channel<Write> _queue = Channel.CreateUnbounded<Write>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Thread _thread;
    private SqliteSession? _session;
    private bool _isInDoubt;

    /// <param name="open">Opens a connection, also after one that failed in an unknown state.</param>
    /// <param name="room">Where writes wait.</param>
    /// <param name="log">Looks after the log; null: nobody does.</param>
    public SqliteWriter(Func<SqliteSession> open, WriteRoom room, LogKeeper? log = null)
    {
        (_open, _room, _log) = (open, room, log);
        _session = open();
        _thread = new Thread(Work) { Name = "Parley webhooks writer", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Runs in a transaction of this and other writes, and answers when it is on disk.</summary>
    /// <param name="write">What to do.</param>
    /// <param name="bytes">What it brings, for which there must be room; null for what must not be held up by what others bring.</param>
    /// <param name="cancellationToken">Ends the wait for room.</param>
    /// <exception cref="WebhookStoreException">It did not happen.</exception>
    public ValueTask<T> RunAsync<T>(Func<SqliteSession, T> write, int? bytes, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<T>(cancellationToken);
        var room = bytes is { } brought ? _room.EnterAsync(brought, cancellationToken) : ValueTask.CompletedTask;
        var work = new Write<T>(write) { Bytes = bytes };
        return room.IsCompletedSuccessfully ? Queue(work) : QueueAsync(work, room);
    }

    /// <summary>Writes what is queued and ends.</summary>
    public void Dispose()
    {
        if (_queue.Writer.TryComplete())
            _thread.Join();
    }

    private async ValueTask<T> QueueAsync<T>(Write<T> work, ValueTask room)
    {
        await room;
        return await Queue(work);
    }

    /// <summary>Once it is queued it happens, so whoever asked learns what came of it.</summary>
    private ValueTask<T> Queue<T>(Write<T> work) => _queue.Writer.TryWrite(work)
        ? work.Done
        : ValueTask.FromException<T>(new WebhookStoreException(WebhookStoreProblem.Unavailable, "The store is closed."));

    private void Work()
    {
        var gathered = new List<Write>(MaxGathered);
        var reader = _queue.Reader;
        while (WaitToRead(reader))
        {
            while (gathered.Count < MaxGathered && reader.TryRead(out var write))
                gathered.Add(write);
            Commit(gathered);
            // Before anybody is answered, who may come back with the next.
            LeaveRoom(gathered);
            foreach (var write in gathered)
                write.Answer();
            gathered.Clear();
            KeepLog();
        }

        _session?.Dispose();
    }

    private void LeaveRoom(List<Write> writes)
    {
        var (count, bytes) = (0, 0L);
        foreach (var write in writes)
        {
            if (write.Bytes is not { } brought)
                continue;
            count++;
            bytes += brought;
        }

        if (count > 0)
            _room.Leave(count, bytes);
    }

    private static bool WaitToRead(ChannelReader<Write> reader)
    {
        var waiting = reader.WaitToReadAsync();
        return waiting.IsCompletedSuccessfully ? waiting.Result : waiting.AsTask().GetAwaiter().GetResult();
    }

    private void Commit(List<Write> writes)
    {
        try
        {
            RunAll(writes);
        }
        catch (Exception exception) when (writes.Count == 1 || SqliteErrors.IsOfTheDisk(exception))
        {
            foreach (var write in writes)
                write.Fault = SqliteErrors.Translate(exception);
        }
        catch (Exception)
        {
            // One of them cannot be done; the others are not to suffer for it.
            var single = new List<Write>(1);
            foreach (var write in writes)
            {
                single.Add(write);
                Commit(single);
                single.Clear();
            }
        }
    }

    private void RunAll(List<Write> writes)
    {
        var session = _session ??= Open();
        try
        {
            session.Run("BEGIN IMMEDIATE");
            foreach (var write in writes)
                write.Execute(session);
            session.Run("COMMIT");
        }
        catch (Exception exception)
        {
            var systemError = session.SystemError;
            if (!TryRollBack(session) || SqliteErrors.IsOfTheDisk(exception))
            {
                // What the file holds now is only known to who reads it anew.
                _isInDoubt |= SqliteErrors.LeavesDoubt(exception, systemError);
                _session = null;
                session.Dispose();
            }

            if (SqliteErrors.WithReason(exception, systemError) is var known && known != exception)
                throw known;
            throw;
        }
    }

    private SqliteSession Open()
    {
        var session = _open();
        try
        {
            // What a sync failed for, the system may show as if it were on disk, and never write. A commit behind it in the log would
            // be lost with it when the power goes, so the log is begun anew.
            if (_isInDoubt && !session.TryEmptyLog(PatienceInDoubt))
                throw new WebhookStoreException(WebhookStoreProblem.Unavailable, "The disk failed, and somebody reads the webhooks' database for long.");
            _isInDoubt = false;
            return session;
        }
        catch (Exception exception)
        {
            var known = SqliteErrors.WithReason(exception, session.SystemError);
            session.Dispose();
            if (known != exception)
                throw known;
            throw;
        }
    }

    private void KeepLog()
    {
        try
        {
            if (_session is { } session)
                _log?.Look(session);
        }
        catch (SqliteException)
        {
            // It is looked at again; what is in it is safe there.
        }
    }

    private static bool TryRollBack(SqliteSession session)
    {
        try
        {
            session.Run("ROLLBACK");
            return true;
        }
        catch (SqliteException)
        {
            // Some errors have rolled back already, and after others it is not known.
            return false;
        }
    }

    private abstract class Write
    {
        /// <summary>What it takes of the room; null for none.</summary>
        public int? Bytes { get; init; }

        /// <summary>Why it did not happen; null when it did.</summary>
        public Exception? Fault { get; set; }

        public abstract void Execute(SqliteSession session);

        public abstract void Answer();
    }

    /// <summary>Is its own answer, so that a write is one object: there are many. Whoever asked takes the answer once.</summary>
    private sealed class Write<T>(Func<SqliteSession, T> write) : Write, IValueTaskSource<T>
    {
        private ManualResetValueTaskSourceCore<T> _answer = new() { RunContinuationsAsynchronously = true };
        private T? _result;

        public ValueTask<T> Done => new(this, _answer.Version);

        public override void Execute(SqliteSession session) => _result = write(session);

        public override void Answer()
        {
            if (Fault is { } fault)
                _answer.SetException(fault);
            else
                _answer.SetResult(_result!);
        }

        public T GetResult(short token) => _answer.GetResult(token);

        public ValueTaskSourceStatus GetStatus(short token) => _answer.GetStatus(token);

        public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            _answer.OnCompleted(continuation, state, token, flags);
    }
}
