using Npgsql;
using Parley.Webhooks.Storage;

namespace Parley.Webhooks.PostgreSql;

internal sealed partial class PostgreSqlWebhookStore
{
    public ValueTask<AcceptResult> AcceptAsync(Acceptance acceptance, CancellationToken cancellationToken = default) =>
        _accepting.RunAsync(acceptance, cancellationToken);

    private static IEnumerable<object> KeysOf(Acceptance acceptance) => MessageKey.Of(acceptance).Cast<object>().Prepend(acceptance.Message.Id);

    private async Task<IReadOnlyList<AcceptResult>> AcceptAllAsync(IReadOnlyList<Acceptance> acceptances)
    {
        await _days.EnsureAsync(acceptances.Select(static acceptance => acceptance.Message.Id));
        // Twice is as good as once: what was written by a commit whose answer was lost is there, with its id.
        return await _database.RepeatAsync(async connection =>
        {
            await using var batch = connection.CreateBatch();
            var keys = AddAcceptances(batch, acceptances);
            AddDueNotices(batch, acceptances);
            var earlier = await RunAcceptancesAsync(batch, keys);
            return await JudgeAsync(connection, acceptances, earlier);
        });
    }

    /// <summary>What has been accepted with a key is not accepted again, on whatever node.</summary>
    /// <returns>The keys. With any, the first rows that the batch answers are for <see cref="RunAcceptancesAsync"/>.</returns>
    private List<MessageKey> AddAcceptances(NpgsqlBatch batch, IReadOnlyList<Acceptance> acceptances)
    {
        // In one order on all nodes, so that no two of them wait for each other.
        List<MessageKey> keys = [.. acceptances.SelectMany(MessageKey.Of).Order()];
        if (keys.Count > 0)
        {
            // Waits for another node that is about to write the same key.
            batch.Add("""
                INSERT INTO message_keys (application, kind, key, message)
                SELECT * FROM unnest($1, $2, $3, $4) ON CONFLICT DO NOTHING
                """, KeyColumns(keys));
        }

        AddMessages(batch, acceptances, keys);
        if (keys.Count > 0)
        {
            // Once more the same statement could not tell: it does not see what it has inserted itself.
            batch.Add("""
                SELECT given.message, known.message FROM unnest($1, $2, $3, $4) AS given (application, kind, key, message)
                JOIN message_keys AS known USING (application, kind, key)
                WHERE known.message <> given.message ORDER BY given.kind
                """, KeyColumns(keys));
            batch.Add("""
                WITH given AS (SELECT * FROM unnest($1, $2, $3, $4) AS given (application, kind, key, message))
                DELETE FROM message_keys AS own USING given
                WHERE own.application = given.application AND own.kind = given.kind AND own.key = given.key AND own.message = given.message
                    AND given.message IN (
                        SELECT given.message FROM given JOIN message_keys AS known USING (application, kind, key) WHERE known.message <> given.message)
                """, KeyColumns(keys));
        }

        return keys;
    }

    private void AddMessages(NpgsqlBatch batch, IReadOnlyList<Acceptance> acceptances, List<MessageKey> keys)
    {
        var deliveries = acceptances.SelectMany(static acceptance => acceptance.Deliveries.Select(delivery => (acceptance.Message, Delivery: delivery))).ToList();
        // Numbers are given in the order of arrival. One that is already there was written by a commit whose answer was lost.
        batch.Add("""
            WITH fresh AS (
                INSERT INTO messages (id, application, uid, event_type, channels, tags, accepted_at, deliver_at, expires_at, payload)
                SELECT id, application, uid, event_type, channels::jsonb, tags::jsonb, accepted_at, deliver_at, expires_at, payload
                FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) WITH ORDINALITY
                    AS given (id, application, uid, event_type, channels, tags, accepted_at, deliver_at, expires_at, payload, place)
                WHERE NOT EXISTS (
                    SELECT FROM unnest($11, $12, $13, $14) AS ours (application, kind, key, message)
                    JOIN message_keys AS known USING (application, kind, key)
                    WHERE ours.message = given.id AND known.message <> given.id)
                ORDER BY place ON CONFLICT DO NOTHING RETURNING id, application, number, accepted_at)
            INSERT INTO outstanding_deliveries (message, endpoint, application, number, bytes, state, due_at, node, attempts, step, fence, trigger, created_at, updated_at)
            SELECT fresh.id, endpoint, application, number, bytes, is_leased::int, due_at, CASE WHEN is_leased THEN $20::int END, 0, 0, is_leased::int, 0, accepted_at, accepted_at
            FROM unnest($15, $16, $17, $18, $19) AS given (message, endpoint, due_at, is_leased, bytes) JOIN fresh ON fresh.id = given.message
            """,
            [
                Sql.Column(acceptances, static one => one.Message.Id),
                Sql.Column(acceptances, static one => one.Message.Application),
                Sql.Column(acceptances, static one => one.Message.Uid),
                Sql.Column(acceptances, static one => one.Message.EventType),
                Sql.Column(acceptances, static one => Sql.Json(one.Message.Channels)),
                Sql.Column(acceptances, static one => Sql.Json(one.Message.Tags)),
                Sql.Times(acceptances, static one => one.Message.AcceptedAt),
                Sql.Times(acceptances, static one => one.Message.DeliverAt),
                Sql.Times(acceptances, static one => one.Message.ExpiresAt),
                Sql.Column(acceptances, static one => one.Message.Payload.ToArray()),
                .. KeyColumns(keys),
                Sql.Column(deliveries, static one => one.Message.Id),
                Sql.Column(deliveries, static one => one.Delivery.Endpoint),
                Sql.Times(deliveries, static one => one.Delivery.DueAt),
                Sql.Column(deliveries, static one => one.Delivery.IsLeased),
                Sql.Column(deliveries, static one => one.Message.Payload.Length),
                Sql.Value(Node),
            ]);
    }

    private static NpgsqlParameter[] KeyColumns(List<MessageKey> keys) =>
    [
        Sql.Column(keys, static key => key.Application),
        Sql.Column(keys, static key => (short)key.Kind),
        Sql.Column(keys, static key => key.Key),
        Sql.Column(keys, static key => key.Message),
    ];

    /// <returns>For those that were not accepted, which was before them.</returns>
    private static async Task<Dictionary<Guid, Guid>> RunAcceptancesAsync(NpgsqlBatch batch, List<MessageKey> keys)
    {
        var earlier = new Dictionary<Guid, Guid>();
        await using var rows = await batch.ExecuteReaderAsync();
        while (keys.Count > 0 && await rows.ReadAsync())
            earlier.TryAdd(rows.GetGuid(0), rows.GetGuid(1));
        while (await rows.NextResultAsync())
        {
        }

        return earlier;
    }

    private static async Task<IReadOnlyList<AcceptResult>> JudgeAsync(
        NpgsqlConnection connection, IReadOnlyList<Acceptance> acceptances, Dictionary<Guid, Guid> earlier)
    {
        if (earlier.Count == 0)
            return [.. acceptances.Select(static one => new AcceptResult(AcceptOutcome.Accepted, one.Message.Id))];
        var range = IdRange.Of(earlier.Values);
        var known = await connection.ListAsync(
            "SELECT id, event_type, payload, uid FROM messages WHERE id = ANY ($1) AND id >= $2 AND id <= $3",
            static row => (Id: row.GetGuid(0), EventType: row.GetString(1), Payload: row.GetFieldValue<byte[]>(2), Uid: row.TextOrNull(3)),
            Sql.Value(earlier.Values.Distinct().ToArray()), Sql.Value(range.First), Sql.Value(range.Last));
        var stored = known.ToDictionary(static one => one.Id);
        return
        [
            .. acceptances.Select(one => !earlier.TryGetValue(one.Message.Id, out var id)
                ? new AcceptResult(AcceptOutcome.Accepted, one.Message.Id)
                // One whose retention is over can no longer be compared.
                : !stored.TryGetValue(id, out var first)
                    || (first.EventType == one.Message.EventType && first.Uid == one.Message.Uid && one.Message.Payload.Span.SequenceEqual(first.Payload))
                    ? new AcceptResult(AcceptOutcome.Duplicate, id)
                    : new AcceptResult(AcceptOutcome.Conflict, id)),
        ];
    }
}
