using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Parley.Webhooks.Storage;
using SQLitePCL;

namespace Parley.Webhooks.Sqlite;

/// <summary>A prepared statement and, while it runs, the row that it is at. Disposing it ends the run and keeps it for the next.</summary>
/// <remarks>
/// Takes the place of SqliteCommand and SqliteDataReader, which look up parameters by name and make objects of values: docs/adr/0018.
/// </remarks>
internal sealed class Statement : IDisposable
{
    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;
    private readonly int _parameters;

    /// <exception cref="SqliteException">It is not SQL, or names what is not there.</exception>
    public Statement(sqlite3 database, string sql)
    {
        _database = database;
        SqliteException.ThrowExceptionForRC(raw.sqlite3_prepare_v3(database, sql, raw.SQLITE_PREPARE_PERSISTENT, out _statement), database);
        _parameters = raw.sqlite3_bind_parameter_count(_statement);
    }

    /// <summary>When it was used last, counted in uses of all statements.</summary>
    public long LastUse { get; set; }

    /// <summary>Sets the parameters for a run.</summary>
    public void Bind(ReadOnlySpan<SqliteValue> values)
    {
        if (values.Length != _parameters)
            throw new ArgumentException($"The statement has {_parameters} parameters, and not {values.Length}.", nameof(values));
        for (var index = 0; index < values.Length; index++)
            SqliteException.ThrowExceptionForRC(values[index].Bind(_statement, index + 1), _database);
    }

    /// <summary>Goes to the next row.</summary>
    /// <returns>False when there is none.</returns>
    /// <exception cref="SqliteException">What went wrong. The statement can be run again when it was disposed.</exception>
    public bool Read()
    {
        var result = raw.sqlite3_step(_statement);
        SqliteException.ThrowExceptionForRC(result, _database);
        return result == raw.SQLITE_ROW;
    }

    public bool IsNull(int column) => raw.sqlite3_column_type(_statement, column) == raw.SQLITE_NULL;

    public long Long(int column) => raw.sqlite3_column_int64(_statement, column);

    public int Int(int column) => raw.sqlite3_column_int(_statement, column);

    public int? IntOrNull(int column) => IsNull(column) ? null : Int(column);

    public bool Flag(int column) => Int(column) != 0;

    public Guid Id(int column) => new(Span(column), bigEndian: true);

    public DateTimeOffset Time(int column) => DateTimeOffset.FromUnixTimeMilliseconds(Long(column));

    public DateTimeOffset? TimeOrNull(int column) => IsNull(column) ? null : Time(column);

    // What is text in the database is UTF-8 there, and read as it is.
    public string Text(int column) => Encoding.UTF8.GetString(Span(column));

    public string? TextOrNull(int column) => IsNull(column) ? null : Text(column);

    public IReadOnlyList<string> Texts(int column) => IsNull(column) ? [] : JsonSerializer.Deserialize(Span(column), StorageJson.Default.StringArray)!;

    public byte[] Bytes(int column) => Span(column).ToArray();

    /// <summary>The bytes in SQLite's memory, until the next row.</summary>
    public ReadOnlySpan<byte> Span(int column) => raw.sqlite3_column_blob(_statement, column);

    public void Dispose() => raw.sqlite3_reset(_statement);

    /// <summary>Gives it back to SQLite; it is of no more use.</summary>
    public void Free() => _statement.Dispose();
}
