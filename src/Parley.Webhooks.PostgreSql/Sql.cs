using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Parley.Webhooks.Storage;

namespace Parley.Webhooks.PostgreSql;

/// <summary>Statements whose values are parameters, <c>$1</c>, <c>$2</c> and so on, never text.</summary>
internal static class Sql
{
    public static NpgsqlParameter Value<T>(T value) => new NpgsqlParameter<T> { TypedValue = value };

    public static NpgsqlParameter Value(DateTimeOffset time) => Time(time);

    public static NpgsqlParameter Value(DateTimeOffset? time) => Time(time);

    /// <summary>A column of rows that are written together.</summary>
    public static NpgsqlParameter Column<TRow, T>(IReadOnlyCollection<TRow> rows, Func<TRow, T> value) => Value(rows.Select(value).ToArray());

    /// <summary>A column of times, which the database takes in UTC only.</summary>
    public static NpgsqlParameter Times<TRow>(IReadOnlyCollection<TRow> rows, Func<TRow, DateTimeOffset?> value) => new()
    {
        Value = rows.Select(row => value(row)?.UtcDateTime).ToArray(),
        NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz,
    };

    public static void Add(this NpgsqlBatch batch, string sql, params ReadOnlySpan<NpgsqlParameter> values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(value);
        batch.BatchCommands.Add(command);
    }

    /// <returns>Rows that were changed.</returns>
    public static async Task<int> RunAsync(this NpgsqlConnection connection, string sql, params NpgsqlParameter[] values)
    {
        await using var command = Command(connection, sql, values);
        return await command.ExecuteNonQueryAsync();
    }

    /// <summary>The first value of the first row; the type's default when there is none or it is NULL.</summary>
    public static async Task<T?> ValueAsync<T>(this NpgsqlConnection connection, string sql, params NpgsqlParameter[] values)
    {
        await using var command = Command(connection, sql, values);
        return await command.ExecuteScalarAsync() is T value ? value : default;
    }

    public static async Task<List<T>> ListAsync<T>(
        this NpgsqlConnection connection, string sql, Func<NpgsqlDataReader, T> read, params NpgsqlParameter[] values)
    {
        await using var command = Command(connection, sql, values);
        await using var rows = await command.ExecuteReaderAsync();
        return await AllAsync(rows, read);
    }

    public static async Task<List<T>> AllAsync<T>(NpgsqlDataReader rows, Func<NpgsqlDataReader, T> read)
    {
        var all = new List<T>();
        while (await rows.ReadAsync())
            all.Add(read(rows));
        return all;
    }

    /// <summary>Runs to the end, so that what goes wrong in the last statement is not overlooked.</summary>
    public static async Task RunAsync(this NpgsqlBatch batch)
    {
        await using var rows = await batch.ExecuteReaderAsync();
        while (await rows.NextResultAsync())
        {
        }
    }

    public static string? Json(IReadOnlyList<string> texts) => texts.Count == 0 ? null : JsonSerializer.Serialize(texts, StorageJson.Default.IReadOnlyListString);

    public static DateTimeOffset Time(this NpgsqlDataReader row, int column) => row.GetFieldValue<DateTimeOffset>(column);

    public static DateTimeOffset? TimeOrNull(this NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.Time(column);

    public static int? IntOrNull(this NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetInt32(column);

    public static short? ShortOrNull(this NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetInt16(column);

    public static string? TextOrNull(this NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    public static byte[]? BytesOrNull(this NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetFieldValue<byte[]>(column);

    public static IReadOnlyList<string> Texts(this NpgsqlDataReader row, int column) =>
        row.IsDBNull(column) ? [] : JsonSerializer.Deserialize(row.GetString(column), StorageJson.Default.StringArray)!;

    private static NpgsqlParameter Time(DateTimeOffset? time) => new()
    {
        Value = time is { } value ? value.UtcDateTime : DBNull.Value,
        NpgsqlDbType = NpgsqlDbType.TimestampTz,
    };

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, NpgsqlParameter[] values)
    {
        var command = new NpgsqlCommand(sql, connection);
        // One belongs to one command, and what broke is done again with the same values.
        foreach (var value in values)
            command.Parameters.Add(value.Clone());
        return command;
    }
}
