using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Parley.Webhooks.Sqlite;

/// <summary>A connection with its prepared statements. Used by one thread at a time.</summary>
internal sealed class SqliteSession : IDisposable
{
    /// <summary>For a lock that another process holds, such as a backup.</summary>
    private const int LongestWaitMilliseconds = 5_000;

    /// <summary>Steps of SQLite's machine between looks at whether to go on: about a tenth of a millisecond.</summary>
    private const int StepsBetweenLooks = 4_000;

    private readonly SqliteConnection _connection;
    private readonly sqlite3 _database;
    private readonly StatementCache _statements;

    private SqliteSession(SqliteConnection connection)
    {
        _connection = connection;
        _database = connection.Handle!;
        _statements = new StatementCache(_database);
        raw.sqlite3_busy_timeout(_database, LongestWaitMilliseconds);
    }

    /// <summary>Ends what runs with result code 9, when <see cref="AllowCancellation"/> was called.</summary>
    public CancellationToken Cancellation { get; set; }

    /// <summary>The system's number of what went wrong last; 0 when it is not known.</summary>
    public int SystemError
    {
        get
        {
            try
            {
                return SystemErrorOf(_database.DangerousGetHandle());
            }
            catch (Exception exception) when (exception is DllNotFoundException or EntryPointNotFoundException)
            {
                // The application has SQLite from elsewhere.
                return 0;
            }
        }
    }

    public static SqliteSession Open(string path, SqliteOpenMode mode, string pragmas)
    {
        // Pooled connections would outlive this object, and with it the lock on the file.
        var builder = new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = false };
        var connection = new SqliteConnection(builder.ConnectionString);
        try
        {
            connection.Open();
            var session = new SqliteSession(connection);
            session.RunScript(pragmas);
            return session;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public void AllowCancellation() => raw.sqlite3_progress_handler(
        _database, StepsBetweenLooks, static session => ((SqliteSession)session).Cancellation.IsCancellationRequested ? 1 : 0, this);

    /// <summary>Runs statements that are not kept.</summary>
    public void RunScript(string sql) => SqliteException.ThrowExceptionForRC(raw.sqlite3_exec(_database, sql), _database);

    /// <summary>Runs a statement; <c>?1</c>, <c>?2</c> and so on stand for the values.</summary>
    /// <returns>Rows that were changed, when it is one that changes rows.</returns>
    public int Run(string sql, params ReadOnlySpan<SqliteValue> values)
    {
        using var statement = Query(sql, values);
        while (statement.Read())
        {
            // To the end, which is where it has done its work.
        }

        return raw.sqlite3_changes(_database);
    }

    /// <summary>Begins a query. It must be disposed before it is run again.</summary>
    public Statement Query(string sql, params ReadOnlySpan<SqliteValue> values)
    {
        var statement = _statements.Get(sql);
        statement.Bind(values);
        return statement;
    }

    /// <summary>The first value of the first row; null when there is none or it is NULL.</summary>
    public long? Number(string sql, params ReadOnlySpan<SqliteValue> values)
    {
        using var rows = Query(sql, values);
        return rows.Read() && !rows.IsNull(0) ? rows.Long(0) : null;
    }

    /// <inheritdoc cref="Number"/>
    public Guid? Id(string sql, params ReadOnlySpan<SqliteValue> values)
    {
        using var rows = Query(sql, values);
        return rows.Read() && !rows.IsNull(0) ? rows.Id(0) : null;
    }

    /// <inheritdoc cref="Number"/>
    public string? Text(string sql, params ReadOnlySpan<SqliteValue> values)
    {
        using var rows = Query(sql, values);
        return rows.Read() ? rows.TextOrNull(0) : null;
    }

    /// <summary>Brings all of the log into the file and begins it anew, when nobody reads an older state.</summary>
    /// <param name="patience">How long readers are waited for.</param>
    public bool TryEmptyLog(TimeSpan patience)
    {
        raw.sqlite3_busy_timeout(_database, (int)patience.TotalMilliseconds);
        try
        {
            return Number("PRAGMA wal_checkpoint(TRUNCATE)") == 0;
        }
        finally
        {
            raw.sqlite3_busy_timeout(_database, LongestWaitMilliseconds);
        }
    }

    public void Dispose()
    {
        // SQLite keeps the file open for statements that are left.
        _statements.Dispose();
        _connection.Dispose();
    }

    // The one thing that the library beneath does not pass on.
    [DllImport("e_sqlite3", EntryPoint = "sqlite3_system_errno", CallingConvention = CallingConvention.Cdecl)]
    private static extern int SystemErrorOf(nint database);
}
