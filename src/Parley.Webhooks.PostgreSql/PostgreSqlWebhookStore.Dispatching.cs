using System.Text.Json;
using Npgsql;
using Parley.Webhooks.Deliveries;
using Parley.Webhooks.Storage;

namespace Parley.Webhooks.PostgreSql;

internal sealed partial class PostgreSqlWebhookStore
{
    /// <summary>What a delivery keeps when it becomes final, or is brought back.</summary>
    private const string KeptColumns = "message, endpoint, application, number, bytes, fence, created_at";

    public ValueTask<bool> CompleteAsync(Completion completion, CancellationToken cancellationToken = default) => completion.Notice is null
        ? _completing.RunAsync(completion, cancellationToken)
        : CompleteWithNoticeAsync(completion, completion.Notice, cancellationToken);

    public ValueTask<IReadOnlyList<DeliveryKey>> RetryAsync(RetryRequest request, CancellationToken cancellationToken = default) =>
        _database.TransactAsync<IReadOnlyList<DeliveryKey>>(async connection =>
        {
            HashSet<DeliveryKey> retried = [];
            if (request.Scope is not RetryScope.None)
                retried.UnionWith(await BringBackAsync(connection, request));
            if (request.AddMissing)
                retried.UnionWith(await AddMissingAsync(connection, request));
            return [.. request.Keys.Distinct().Where(retried.Contains)];
        }, cancellationToken);

    public ValueTask<int> CancelAsync(
        Guid endpoint, DeliveryError reason, DateTimeOffset now, int limit, CancellationToken cancellationToken = default) =>
        _database.RunAsync(connection => connection.RunAsync($"""
            WITH found AS (
                SELECT message FROM outstanding_deliveries WHERE endpoint = $1 AND (state <> 1 OR due_at <= $3) ORDER BY message LIMIT $4 FOR UPDATE),
            ended AS (DELETE FROM outstanding_deliveries WHERE endpoint = $1 AND message IN (SELECT message FROM found) RETURNING *),
            interrupted AS (
                INSERT INTO attempts (message, endpoint, number, started_at, duration, error, trigger)
                SELECT message, endpoint, attempts + 1, updated_at, 0, 12, trigger FROM ended WHERE state = 1 ON CONFLICT DO NOTHING)
            INSERT INTO final_deliveries ({KeptColumns}, state, attempts, step, trigger, last_status, last_error, updated_at)
            SELECT message, endpoint, application, number, bytes, fence + 1, created_at, 5, attempts + (state = 1)::int, step, trigger, last_status, $2, $3
            FROM ended
            ON CONFLICT (message, endpoint) DO UPDATE SET
                fence = excluded.fence, state = excluded.state, attempts = excluded.attempts, step = excluded.step, trigger = excluded.trigger,
                last_status = excluded.last_status, last_error = excluded.last_error, updated_at = excluded.updated_at
            """, Sql.Value(endpoint), Sql.Value((short)reason), Sql.Value(now), Sql.Value(limit)), cancellationToken);

    private async ValueTask<bool> CompleteWithNoticeAsync(Completion completion, Acceptance notice, CancellationToken cancellationToken)
    {
        await _days.EnsureAsync([notice.Message.Id]);
        return await _database.TransactAsync(async connection =>
        {
            if (!(await CompleteAllAsync(connection, [completion]))[0])
                return false;
            await AcceptNoticeAsync(connection, notice);
            return true;
        }, cancellationToken);
    }

    private async Task AcceptNoticeAsync(NpgsqlConnection connection, Acceptance notice)
    {
        await using var batch = connection.CreateBatch();
        AddAcceptances(batch, [notice]);
        AddDueNotices(batch, [notice]);
        await batch.RunAsync();
    }

    private async Task<IReadOnlyList<bool>> CompleteAllAsync(IReadOnlyList<Completion> completions)
    {
        try
        {
            return await _database.RepeatAsync(connection => CompleteAllAsync(connection, completions));
        }
        catch (Exception exception) when (PostgresErrors.IsOfTheDay(exception))
        {
            // Another node has dropped a day meanwhile.
            await _database.RunAsync(_days.ReadAsync);
            return await _database.RunAsync(connection => CompleteAllAsync(connection, completions));
        }
    }

    private async Task<IReadOnlyList<bool>> CompleteAllAsync(NpgsqlConnection connection, IReadOnlyList<Completion> completions)
    {
        await using var batch = connection.CreateBatch();
        // Of a message whose day is gone nothing is kept.
        AddAttempts(batch, [.. completions.Select(static one => one.Attempt).OfType<Attempt>().Where(attempt => _days.Has(attempt.Key.Message))]);
        AddOutcomes(batch, completions);
        await using var rows = await batch.ExecuteReaderAsync();
        HashSet<DeliveryKey> taken = [.. await Sql.AllAsync(rows, ToKey)];
        return [.. completions.Select(one => taken.Contains(one.Key))];
    }

    private static void AddAttempts(NpgsqlBatch batch, List<Attempt> attempts)
    {
        if (attempts.Count == 0)
            return;
        batch.Add("""
            INSERT INTO attempts (message, endpoint, number, started_at, duration, status, error, trigger, exchange)
            SELECT DISTINCT ON (message, endpoint, number) *
            FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9) AS made (message, endpoint, number, started_at, duration, status, error, trigger, exchange)
            ON CONFLICT (message, endpoint, number) DO UPDATE SET
                started_at = excluded.started_at, duration = excluded.duration, status = excluded.status, error = excluded.error,
                trigger = excluded.trigger, exchange = excluded.exchange
            WHERE attempts.error = 12
            """,
            Sql.Column(attempts, static one => one.Key.Message),
            Sql.Column(attempts, static one => one.Key.Endpoint),
            Sql.Column(attempts, static one => one.Number),
            Sql.Times(attempts, static one => one.StartedAt),
            Sql.Column(attempts, static one => (long)one.Duration.TotalMicroseconds),
            Sql.Column(attempts, static one => one.Status),
            Sql.Column(attempts, static one => (short?)one.Error),
            Sql.Column(attempts, static one => (short)one.Trigger),
            Sql.Column(attempts, static one => one.Exchange is null ? null : JsonSerializer.SerializeToUtf8Bytes(one.Exchange, StorageJson.Default.Exchange)));
    }

    private static void AddOutcomes(NpgsqlBatch batch, IReadOnlyList<Completion> completions) => batch.Add($"""
        WITH outcomes AS (
            SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
                AS outcomes (message, endpoint, fence, state, due_at, step, waits, error, now, attempt, status)),
        ended AS (
            DELETE FROM outstanding_deliveries AS delivery USING outcomes
            WHERE delivery.message = outcomes.message AND delivery.endpoint = outcomes.endpoint AND delivery.fence = outcomes.fence
                AND delivery.state = 1 AND outcomes.due_at IS NULL
            RETURNING delivery.*, outcomes.state AS outcome, outcomes.step AS outcome_step, outcomes.error, outcomes.now, attempt, status),
        kept AS (
            INSERT INTO final_deliveries ({KeptColumns}, state, attempts, step, trigger, last_status, last_error, updated_at)
            SELECT {KeptColumns}, outcome, greatest(attempts, attempt), outcome_step, trigger,
                CASE WHEN attempt > 0 THEN status ELSE last_status END, error, now
            FROM ended
            ON CONFLICT (message, endpoint) DO UPDATE SET
                fence = excluded.fence, state = excluded.state, attempts = excluded.attempts, step = excluded.step, trigger = excluded.trigger,
                last_status = excluded.last_status, last_error = excluded.last_error, updated_at = excluded.updated_at),
        again AS (
            UPDATE outstanding_deliveries AS delivery SET
                state = outcomes.state, due_at = outcomes.due_at, node = NULL, step = outcomes.step, waits = outcomes.waits, last_error = outcomes.error, updated_at = outcomes.now,
                last_status = CASE WHEN attempt > 0 THEN status ELSE last_status END,
                attempts = greatest(attempts, attempt),
                trigger = CASE WHEN attempt > 0 THEN 0 ELSE trigger END
            FROM outcomes
            WHERE delivery.message = outcomes.message AND delivery.endpoint = outcomes.endpoint AND delivery.fence = outcomes.fence
                AND delivery.state = 1 AND outcomes.due_at IS NOT NULL
            RETURNING delivery.message, delivery.endpoint)
        SELECT message, endpoint FROM ended UNION ALL SELECT message, endpoint FROM again
        """,
        Sql.Column(completions, static one => one.Key.Message),
        Sql.Column(completions, static one => one.Key.Endpoint),
        Sql.Column(completions, static one => one.Fence),
        Sql.Column(completions, static one => (short)one.State),
        Sql.Times(completions, static one => one.DueAt),
        Sql.Column(completions, static one => one.Step),
        Sql.Column(completions, static one => (short)one.Waits),
        Sql.Column(completions, static one => (short?)one.Error),
        Sql.Times(completions, static one => one.Now),
        Sql.Column(completions, static one => one.Attempt?.Number ?? 0),
        Sql.Column(completions, static one => one.Attempt?.Status));

    private static Task<List<DeliveryKey>> BringBackAsync(NpgsqlConnection connection, RetryRequest request)
    {
        var range = IdRange.Of(request.Keys);
        return connection.ListAsync($"""
            WITH wanted AS (SELECT DISTINCT * FROM unnest($1, $2) AS wanted (message, endpoint)),
            again AS (
                UPDATE outstanding_deliveries AS delivery SET state = 2, due_at = $4, step = 0, waits = 0, trigger = $5, updated_at = $4 FROM wanted
                WHERE delivery.message = wanted.message AND delivery.endpoint = wanted.endpoint AND application = $3 AND state <> 1 AND $6
                RETURNING delivery.message, delivery.endpoint),
            taken AS (
                DELETE FROM final_deliveries AS delivery USING wanted
                WHERE delivery.message = wanted.message AND delivery.endpoint = wanted.endpoint AND application = $3
                    AND delivery.message >= $7 AND delivery.message <= $8
                    AND (NOT $9 OR (state = 5 AND last_error IN (14, 19)))
                RETURNING delivery.*),
            back AS (
                INSERT INTO outstanding_deliveries ({KeptColumns}, state, due_at, attempts, step, trigger, last_status, last_error, updated_at)
                SELECT {KeptColumns}, 2, $4, attempts, 0, $5, last_status, last_error, $4 FROM taken
                RETURNING message, endpoint)
            SELECT message, endpoint FROM again UNION ALL SELECT message, endpoint FROM back
            """, ToKey,
            [
                .. KeyColumns(request), Sql.Value(request.Scope is RetryScope.All), Sql.Value(range.First), Sql.Value(range.Last),
                Sql.Value(request.Scope is RetryScope.Withheld),
            ]);
    }

    private static async Task<IEnumerable<DeliveryKey>> AddMissingAsync(NpgsqlConnection connection, RetryRequest request)
    {
        var range = IdRange.Of(request.Keys);
        var added = await connection.ListAsync($"""
            INSERT INTO outstanding_deliveries ({KeptColumns}, state, due_at, attempts, step, trigger, updated_at)
            SELECT DISTINCT wanted.message, wanted.endpoint, application, number, octet_length(payload), 0, $4::timestamptz, 0, $4::timestamptz, 0, 0, $5::smallint, $4::timestamptz
            FROM unnest($1, $2) AS wanted (message, endpoint) JOIN messages ON id = wanted.message
            WHERE application = $3 AND id >= $6 AND id <= $7 AND NOT EXISTS (
                SELECT FROM final_deliveries AS delivery WHERE delivery.message = wanted.message AND delivery.endpoint = wanted.endpoint
                    AND delivery.message >= $6 AND delivery.message <= $7)
            ON CONFLICT DO NOTHING RETURNING message, endpoint
            """, ToKey,
            [.. KeyColumns(request), Sql.Value(range.First), Sql.Value(range.Last)]);
        if (added.Count == 0)
            return added;

        // One that ended while the statement waited for it was there neither in what it saw nor in what it met.
        var ended = await connection.ListAsync("""
            DELETE FROM outstanding_deliveries AS delivery USING unnest($1, $2) AS added (message, endpoint)
            WHERE delivery.message = added.message AND delivery.endpoint = added.endpoint AND EXISTS (
                SELECT FROM final_deliveries AS final WHERE final.message = added.message AND final.endpoint = added.endpoint
                    AND final.message >= $3 AND final.message <= $4)
            RETURNING delivery.message, delivery.endpoint
            """, ToKey,
            Sql.Column(added, static key => key.Message), Sql.Column(added, static key => key.Endpoint), Sql.Value(range.First), Sql.Value(range.Last));
        return added.Except(ended);
    }

    private static NpgsqlParameter[] KeyColumns(RetryRequest request) =>
    [
        Sql.Column(request.Keys, static key => key.Message),
        Sql.Column(request.Keys, static key => key.Endpoint),
        Sql.Value(request.Application),
        Sql.Value(request.Now),
        Sql.Value((short)request.Trigger),
    ];

    private static DeliveryKey ToKey(NpgsqlDataReader row) => new(row.GetGuid(0), row.GetGuid(1));
}
