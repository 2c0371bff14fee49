using System.Data.Common;

namespace Parley.Webhooks.Outbox.Storage;

/// <summary>Statements that PostgreSQL and SQLite understand alike.</summary>
internal static class OutboxSql
{
    private const string Columns =
        "uid, application, event_type, payload, channels, tags, deliver_at, expires_at, enqueued_at, attempts, due_at, error, failed_at";

    public const string Insert = """
        INSERT INTO parley_outbox (uid, application, event_type, payload, channels, tags, deliver_at, expires_at, enqueued_at, attempts, due_at)
        VALUES (@uid, @application, @event_type, @payload, @channels, @tags, @deliver_at, @expires_at, @enqueued_at, 0, 0)
        """;

    public const string Fail = "UPDATE parley_outbox SET attempts = @attempts, due_at = @due_at, error = @error, failed_at = @failed_at WHERE number = @number";

    public const string TakeLease = """
        INSERT INTO parley_outbox_lease (name, owner, until) VALUES (@name, @owner, @until)
        ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, until = excluded.until
        WHERE parley_outbox_lease.owner = excluded.owner OR parley_outbox_lease.until <= @now
        """;

    public const string ReleaseLease = "UPDATE parley_outbox_lease SET until = 0 WHERE name = @name AND owner = @owner";

    public const string Measure = """
        SELECT COUNT(*) - COUNT(failed_at), COUNT(failed_at), MIN(CASE WHEN failed_at IS NULL THEN enqueued_at END) FROM parley_outbox
        """;

    public static string Select(int held) => $"""
        SELECT number, {Columns} FROM parley_outbox
        WHERE failed_at IS NULL{(held == 0 ? "" : $" AND application NOT IN ({Names("h", held)})")} ORDER BY number LIMIT @limit
        """;

    public static string Delete(int count) => $"DELETE FROM parley_outbox WHERE number IN ({Names("n", count)})";

    public static void Set(DbCommand command, string name, object? value)
    {
        var parameter = command.CreateParameter();
        parameter.ParameterName = name;
        parameter.Value = value ?? DBNull.Value;
        command.Parameters.Add(parameter);
    }

    /// <summary>Writes a row in whatever transaction the connection has.</summary>
    public static async Task InsertAsync(DbCommand command, OutboxRow row, CancellationToken cancellationToken)
    {
        Set(command, "uid", row.Uid);
        Set(command, "application", row.Application);
        Set(command, "event_type", row.EventType);
        Set(command, "payload", row.Payload.ToArray());
        Set(command, "channels", row.Channels);
        Set(command, "tags", row.Tags);
        Set(command, "deliver_at", row.DeliverAt);
        Set(command, "expires_at", row.ExpiresAt);
        Set(command, "enqueued_at", row.EnqueuedAt);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public static OutboxRow Read(DbDataReader reader) => new()
    {
        Number = reader.GetInt64(0),
        Uid = reader.GetString(1),
        Application = reader.GetString(2),
        EventType = reader.GetString(3),
        Payload = reader.GetFieldValue<byte[]>(4),
        Channels = TextOrNull(reader, 5),
        Tags = TextOrNull(reader, 6),
        DeliverAt = TimeOrNull(reader, 7),
        ExpiresAt = TimeOrNull(reader, 8),
        EnqueuedAt = reader.GetInt64(9),
        Attempts = reader.GetInt32(10),
        DueAt = reader.GetInt64(11),
        Error = TextOrNull(reader, 12),
        FailedAt = TimeOrNull(reader, 13),
    };

    public static long? TimeOrNull(DbDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetInt64(column);

    private static string? TextOrNull(DbDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    private static string Names(string prefix, int count) => string.Join(", ", Enumerable.Range(0, count).Select(index => $"@{prefix}{index}"));
}
