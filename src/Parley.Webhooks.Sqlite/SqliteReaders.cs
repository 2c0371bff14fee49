using System.Collections.Concurrent;
using Parley.Webhooks.Storage;

namespace Parley.Webhooks.Sqlite;

/// <summary>Threads that read, each with a connection of its own. They see what was committed and hold up nobody.</summary>
/// <remarks>A read waits for the disk, which the threads that all of the process shares are not for.</remarks>
internal sealed class SqliteReaders : IDisposable
{
    private const int MaxWaiting = 10_000;

    private readonly Func<SqliteSession> _open;
    private readonly BlockingCollection<Work> _queue = new(MaxWaiting);
    private readonly Thread[] _threads;
    private bool _isClosed;

    /// <param name="open">Opens a connection.</param>
    /// <param name="count">Threads, and so connections at most.</param>
    public SqliteReaders(Func<SqliteSession> open, int count = 4)
    {
        _open = open;
        _threads = [.. Enumerable.Range(1, count).Select(number => new Thread(Read) { Name = $"Parley webhooks reader {number}", IsBackground = true })];
        foreach (var thread in _threads)
            thread.Start();
    }

    /// <exception cref="WebhookStoreException">It could not be read, or too many wait.</exception>
    public async ValueTask<T> RunAsync<T>(Func<SqliteSession, T> read, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var work = new Work<T>(read, cancellationToken);
        Add(work);
        using var registration = cancellationToken.UnsafeRegister(static work => ((Work)work!).Cancel(), work);
        return await work.Done;
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isClosed, true))
            return;
        _queue.CompleteAdding();
        foreach (var thread in _threads)
            thread.Join();
        _queue.Dispose();
    }

    private void Add(Work work)
    {
        bool isAdded;
        try
        {
            isAdded = _queue.TryAdd(work);
        }
        catch (InvalidOperationException)
        {
            throw new WebhookStoreException(WebhookStoreProblem.Unavailable, "The store is closed.");
        }

        if (!isAdded)
            throw new WebhookStoreException(WebhookStoreProblem.Unavailable, "Too many wait to read the webhooks' database.");
    }

    private void Read()
    {
        SqliteSession? session = null;
        foreach (var work in _queue.GetConsumingEnumerable())
        {
            try
            {
                session ??= Open();
                session.Cancellation = work.Cancellation;
                work.Run(session);
            }
            catch (Exception exception)
            {
                session?.Dispose();
                session = null;
                if (work.Cancellation.IsCancellationRequested)
                    work.Cancel();
                else
                    work.Fail(SqliteErrors.Translate(exception));
            }
        }

        session?.Dispose();
    }

    private SqliteSession Open()
    {
        var session = _open();
        session.AllowCancellation();
        return session;
    }

    private abstract class Work(CancellationToken cancellation)
    {
        public CancellationToken Cancellation => cancellation;

        public abstract void Run(SqliteSession session);

        public abstract void Fail(Exception exception);

        /// <summary>Answers at once; a thread that has begun notices it soon.</summary>
        public abstract void Cancel();
    }

    private sealed class Work<T>(Func<SqliteSession, T> read, CancellationToken cancellation) : Work(cancellation)
    {
        private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<T> Done => _done.Task;

        public override void Run(SqliteSession session)
        {
            if (!Cancellation.IsCancellationRequested)
                _done.TrySetResult(read(session));
        }

        public override void Fail(Exception exception) => _done.TrySetException(exception);

        public override void Cancel() => _done.TrySetCanceled(Cancellation);
    }
}
