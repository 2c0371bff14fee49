using System.Collections.Concurrent;

namespace Parley.Webhooks.Sqlite;

/// <summary>Connections that only read. They see what was committed and hold up nobody.</summary>
internal sealed class SqliteReaders(Func<SqliteSession> open) : IDisposable
{
    private const int MaxKept = 8;

    private readonly ConcurrentBag<SqliteSession> _idle = [];
    private volatile bool _isDisposed;

    public T Run<T>(Func<SqliteSession, T> read)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        SqliteSession? session = null;
        try
        {
            if (!_idle.TryTake(out session))
                session = open();
            var result = read(session);
            if (_idle.Count < MaxKept && !_isDisposed)
                _idle.Add(session);
            else
                session.Dispose();
            return result;
        }
        catch (Exception exception)
        {
            session?.Dispose();
            if (SqliteErrors.Translate(exception) is var translated && translated != exception)
                throw translated;
            throw;
        }
    }

    public void Dispose()
    {
        _isDisposed = true;
        while (_idle.TryTake(out var session))
            session.Dispose();
    }
}
