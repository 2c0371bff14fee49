using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Parley.Webhooks.Sqlite;

/// <summary>A connection with its prepared statements. Used by one thread at a time.</summary>
internal sealed class SqliteSession : IDisposable
{
    // For a lock that another process holds, such as a backup.
    private const int LongestWaitSeconds = 5;

    /// <summary>Steps of SQLite's machine between looks at whether to go on: about a tenth of a millisecond.</summary>
    private const int StepsBetweenLooks = 4_000;

    private readonly SqliteConnection _connection;
    private readonly Dictionary<string, SqliteCommand> _commands = new(StringComparer.Ordinal);

    private SqliteSession(SqliteConnection connection) => _connection = connection;

    /// <summary>Ends what runs with result code 9, when <see cref="AllowCancellation"/> was called.</summary>
    public CancellationToken Cancellation { get; set; }

    /// <summary>The system's number of what went wrong last; 0 when it is not known.</summary>
    public int SystemError
    {
        get
        {
            try
            {
                return SystemErrorOf(_connection.Handle!.DangerousGetHandle());
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
        var builder = new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = false, DefaultTimeout = LongestWaitSeconds };
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
        _connection.Handle, StepsBetweenLooks, static session => ((SqliteSession)session).Cancellation.IsCancellationRequested ? 1 : 0, this);

    /// <summary>Runs statements that are not kept.</summary>
    public void RunScript(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>Runs a statement; <c>$1</c>, <c>$2</c> and so on stand for the values.</summary>
    /// <returns>Rows that were changed.</returns>
    public int Run(string sql, params ReadOnlySpan<object?> values) => Prepare(sql, values).ExecuteNonQuery();

    /// <summary>Runs a query. The reader must be disposed before the statement is run again.</summary>
    public SqliteDataReader Query(string sql, params ReadOnlySpan<object?> values) => Prepare(sql, values).ExecuteReader();

    /// <summary>The first value of the first row; null when there is none or it is NULL.</summary>
    public object? Value(string sql, params ReadOnlySpan<object?> values) => Prepare(sql, values).ExecuteScalar() is { } value and not DBNull ? value : null;

    /// <summary>Brings all of the log into the file and begins it anew, when nobody reads an older state.</summary>
    /// <param name="patience">How long readers are waited for.</param>
    public bool TryEmptyLog(TimeSpan patience)
    {
        RunScript($"PRAGMA busy_timeout = {(int)patience.TotalMilliseconds}");
        try
        {
            return Value("PRAGMA wal_checkpoint(TRUNCATE)") is 0L;
        }
        finally
        {
            RunScript("PRAGMA busy_timeout = 0");
        }
    }

    public void Dispose()
    {
        foreach (var command in _commands.Values)
            command.Dispose();
        _connection.Dispose();
    }

    // The one thing that the library beneath does not pass on.
    [DllImport("e_sqlite3", EntryPoint = "sqlite3_system_errno", CallingConvention = CallingConvention.Cdecl)]
    private static extern int SystemErrorOf(nint database);

    private SqliteCommand Prepare(string sql, ReadOnlySpan<object?> values)
    {
        if (!_commands.TryGetValue(sql, out var command))
        {
            command = _connection.CreateCommand();
            command.CommandText = sql;
            for (var index = 1; index <= values.Length; index++)
                command.Parameters.Add(new SqliteParameter { ParameterName = $"${index}" });
            _commands.Add(sql, command);
        }

        for (var index = 0; index < values.Length; index++)
            command.Parameters[index].Value = values[index] ?? DBNull.Value;
        return command;
    }
}
