using Npgsql;
using Parley.Webhooks.Ids;
using Parley.Webhooks.Storage;

namespace Parley.Webhooks.PostgreSql;

internal sealed partial class PostgreSqlWebhookStore
{
    private const int LookedAtPerDropped = 10;

    /// <summary>The last message that was looked at in this round, so that those that must stay are not looked at again and again.</summary>
    private Guid _lookedAt;

    public async ValueTask<bool> DropAsync(RetentionRequest request, CancellationToken cancellationToken = default)
    {
        try
        {
            return await _database.TransactAsync(connection => DropAsync(connection, request), cancellationToken);
        }
        catch (WebhookStoreException exception) when (exception.InnerException is PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable })
        {
            // Somebody reads what is to go, as a backup does. The next round comes soon.
            return false;
        }
    }

    private async Task<bool> DropAsync(NpgsqlConnection connection, RetentionRequest request)
    {
        // One node after the other; the others have nothing to do.
        if (!await connection.ValueAsync<bool>("SELECT pg_try_advisory_xact_lock($1)", _database.Lock(DatabaseLock.Retention)))
            return false;
        // Whoever waits for the lock of a whole table has everybody wait behind it.
        await connection.RunAsync("SET LOCAL lock_timeout = '500ms'");
        var days = await _days.ReadAsync(connection);
        foreach (var day in days.TakeWhile(day => IsBefore(day, request.MessagesBefore)))
        {
            if (Days.First(day.AddDays(1)) > _lookedAt && await DropDayAsync(connection, day, request.Limit))
                return true;
        }

        _lookedAt = Guid.Empty;
        foreach (var day in days.TakeWhile(day => IsBefore(day, request.AttemptsBefore)))
        {
            if (await DropAttemptsAsync(connection, day, request.AttemptsBefore))
                return true;
        }

        return await DropOthersAsync(connection, request);
    }

    private static bool IsBefore(DateOnly day, DateTimeOffset moment) => Days.First(day.AddDays(1)) <= IdGenerator.LowestAt(moment);

    /// <returns>Whether to go on; false when nothing of the day is left, or nothing that may go.</returns>
    private async Task<bool> DropDayAsync(NpgsqlConnection connection, DateOnly day, int limit)
    {
        var (messages, deliveries) = (Days.NameOf("messages", day), Days.NameOf("final_deliveries", day));
        if (await HasOutstandingAsync(connection, day))
            return await DropMessagesAsync(connection, day, limit);
        if (await connection.RunAsync("""
            DELETE FROM message_keys WHERE (application, kind, key) IN (
                SELECT application, kind, key FROM message_keys WHERE kind = 1 AND message >= $1 AND message < $2 LIMIT $3)
            """, Sql.Value(Days.First(day)), Sql.Value(Days.First(day.AddDays(1))), Sql.Value(limit)) == limit)
        {
            return true;
        }

        // Locked first: what somebody brings back after the look would be lost with the day.
        await connection.RunAsync($"LOCK TABLE {messages}, {deliveries} IN ACCESS EXCLUSIVE MODE");
        if (!await HasOutstandingAsync(connection, day))
            await connection.RunAsync($"DROP TABLE {Days.NameOf("attempts", day)}, {deliveries}, {messages}");
        return true;
    }

    private static Task<bool> HasOutstandingAsync(NpgsqlConnection connection, DateOnly day) => connection.ValueAsync<bool>(
        "SELECT EXISTS (SELECT FROM outstanding_deliveries WHERE message >= $1 AND message < $2)",
        Sql.Value(Days.First(day)), Sql.Value(Days.First(day.AddDays(1))));

    /// <summary>Drops what is final of a day that must stay for something else.</summary>
    private async Task<bool> DropMessagesAsync(NpgsqlConnection connection, DateOnly day, int limit)
    {
        var messages = Days.NameOf("messages", day);
        var seen = await connection.ListAsync($"""
            SELECT id, EXISTS (SELECT FROM outstanding_deliveries WHERE message = id) FROM {messages} WHERE id > $1 ORDER BY id LIMIT $2
            """, static row => (Id: row.GetGuid(0), IsOutstanding: row.GetBoolean(1)), Sql.Value(_lookedAt), Sql.Value(limit * LookedAtPerDropped));
        var old = seen.Where(static one => !one.IsOutstanding).Take(limit).Select(static one => one.Id).ToArray();
        foreach (var table in new[] { Days.NameOf("attempts", day), Days.NameOf("final_deliveries", day) })
            await connection.RunAsync($"DELETE FROM {table} WHERE message = ANY ($1)", Sql.Value(old));
        await connection.RunAsync("DELETE FROM message_keys WHERE kind = 1 AND message = ANY ($1)", Sql.Value(old));
        await connection.RunAsync($"DELETE FROM {messages} WHERE id = ANY ($1)", Sql.Value(old));
        _lookedAt = old.Length == limit ? old[^1] : seen.Count > 0 ? seen[^1].Id : Days.First(day.AddDays(1));
        return seen.Count > 0;
    }

    /// <summary>A day's attempts go together, when the last is old enough; at the latest they go with their messages.</summary>
    private static async Task<bool> DropAttemptsAsync(NpgsqlConnection connection, DateOnly day, DateTimeOffset before)
    {
        var attempts = Days.NameOf("attempts", day);
        if (!await connection.ValueAsync<bool>($"SELECT EXISTS (SELECT FROM {attempts})") || await HasOutstandingAsync(connection, day))
            return false;
        if (await connection.ValueAsync<bool>($"SELECT EXISTS (SELECT FROM {attempts} WHERE started_at >= $1)", Sql.Value(before)))
            return false;
        // Emptied, not dropped: a retry by hand adds to it later.
        await connection.RunAsync($"TRUNCATE {attempts}");
        return true;
    }

    private static async Task<bool> DropOthersAsync(NpgsqlConnection connection, RetentionRequest request)
    {
        var dropped = await connection.RunAsync("""
            DELETE FROM message_keys WHERE (application, kind, key) IN (
                SELECT application, kind, key FROM message_keys WHERE kind = 0 AND message < $1 LIMIT $2)
            """, Sql.Value(IdGenerator.LowestAt(request.KeysBefore)), Sql.Value(request.Limit));
        return dropped + await DropResourcesAsync(connection, ResourceKind.Idempotency, request.KeysBefore, request.Limit)
            + await DropResourcesAsync(connection, ResourceKind.Replay, request.AttemptsBefore, request.Limit) > 0;
    }

    private static Task<int> DropResourcesAsync(NpgsqlConnection connection, ResourceKind kind, DateTimeOffset before, int limit) => connection.RunAsync("""
        DELETE FROM resources WHERE kind = $1 AND id IN (SELECT id FROM resources WHERE kind = $1 AND id < $2 LIMIT $3)
        """, Sql.Value((short)kind), Sql.Value(IdGenerator.LowestAt(before)), Sql.Value(limit));
}
