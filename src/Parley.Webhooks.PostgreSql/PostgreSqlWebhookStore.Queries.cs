using System.Text;
using System.Text.Json;
using Npgsql;
using Parley.Webhooks.Deliveries;
using Parley.Webhooks.Ids;
using Parley.Webhooks.Storage;

namespace Parley.Webhooks.PostgreSql;

internal sealed partial class PostgreSqlWebhookStore
{
    private const int MaxCounted = 100_000;

    private const string OutstandingColumns =
        "message, endpoint, application, state, due_at, attempts, step, fence, trigger, last_status, last_error, created_at, updated_at";

    private const string FinalColumns =
        "message, endpoint, application, state, NULL::timestamptz AS due_at, attempts, step, fence, trigger, last_status, last_error, created_at, updated_at";

    private const string MessageColumns = "id, application, uid, event_type, channels, tags, accepted_at, deliver_at, expires_at";

    // Goes from one endpoint to the next in the index, past all deliveries of each.
    private const string FirstDue = """
        WITH RECURSIVE busy (endpoint) AS (
            (SELECT endpoint FROM outstanding_deliveries ORDER BY endpoint LIMIT 1)
            UNION ALL
            SELECT (SELECT endpoint FROM outstanding_deliveries WHERE endpoint > busy.endpoint ORDER BY endpoint LIMIT 1)
            FROM busy WHERE busy.endpoint IS NOT NULL),
        first_due AS (
            SELECT head.* FROM busy CROSS JOIN LATERAL (
                SELECT application, endpoint, due_at FROM outstanding_deliveries WHERE endpoint = busy.endpoint ORDER BY due_at LIMIT 1) AS head)
        """;

    public async ValueTask<IReadOnlyList<DueEndpoint>> ListDueAsync(CancellationToken cancellationToken = default) =>
        await ListAsync($"{FirstDue} SELECT application, endpoint, due_at FROM first_due",
            static row => new DueEndpoint(row.GetGuid(0), row.GetGuid(1), row.Time(2)), [], cancellationToken);

    public ValueTask<Backlog> ReadBacklogAsync(DateTimeOffset now, CancellationToken cancellationToken = default) => _database.RunAsync(async connection =>
    {
        var oldest = await connection.ListAsync($"{FirstDue} SELECT min(due_at) FROM first_due WHERE due_at <= $1", static row => row.TimeOrNull(0), Sql.Value(now));
        var count = await connection.ValueAsync<long>(
            "SELECT count(*) FROM (SELECT FROM outstanding_deliveries LIMIT $1) AS outstanding", Sql.Value(MaxCounted));
        return new Backlog(oldest[0], (int)count);
    }, cancellationToken);

    public async ValueTask<Message?> ReadMessageAsync(Guid application, Guid id, CancellationToken cancellationToken = default) =>
        (await ListAsync($"SELECT {MessageColumns}, payload FROM messages WHERE application = $1 AND id = $2", ToMessageWithPayload,
            [Sql.Value(application), Sql.Value(id)], cancellationToken)).SingleOrDefault();

    public async ValueTask<Page<Message, Guid>> ListMessagesAsync(MessageQuery query, CancellationToken cancellationToken = default)
    {
        var where = new Condition();
        where.Add("application = {0}", Sql.Value(query.Application));
        where.AddIf(query.EventType is not null, "event_type = {0}", Sql.Value(query.EventType));
        where.AddIf(query.Channel is not null, "jsonb_exists(channels, {0})", Sql.Value(query.Channel));
        where.AddIf(query.Tag is not null, "jsonb_exists(tags, {0})", Sql.Value(query.Tag));
        AddTimes(where, "id", query.Since, query.Until);
        where.AddIf(query.Cursor is not null, query.IsOldestFirst ? "id > {0}" : "id < {0}", Sql.Value(query.Cursor ?? default));
        var limit = where.Parameter(Sql.Value(query.Limit + 1));
        return ToPage(
            await ListAsync($"SELECT {MessageColumns} FROM messages WHERE {where} ORDER BY id {(query.IsOldestFirst ? "ASC" : "DESC")} LIMIT {limit}",
                ToMessage, where.Values, cancellationToken),
            query.Limit, static message => message.Id);
    }

    public async ValueTask<Delivery?> ReadDeliveryAsync(DeliveryKey key, CancellationToken cancellationToken = default) => (await ListAsync($"""
        SELECT {OutstandingColumns} FROM outstanding_deliveries WHERE message = $1 AND endpoint = $2
        UNION ALL SELECT {FinalColumns} FROM final_deliveries WHERE message = $1 AND endpoint = $2
        """, ToDelivery, [Sql.Value(key.Message), Sql.Value(key.Endpoint)], cancellationToken)).FirstOrDefault();

    public async ValueTask<Page<Delivery, DeliveryKey>> ListDeliveriesAsync(DeliveryQuery query, CancellationToken cancellationToken = default)
    {
        var where = new Condition();
        where.AddIf(query.Endpoint is not null, "endpoint = {0}", Sql.Value(query.Endpoint ?? default));
        where.AddIf(query.Message is not null, "message = {0}", Sql.Value(query.Message ?? default));
        // Written out, so that the index of the failed ones is used.
        where.AddIf(query.State is not null, $"state = {(int)(query.State ?? default)}");
        AddTimes(where, "message", query.Since, query.Until);
        var (sign, order) = query.IsOldestFirst ? ('>', "ASC") : ('<', "DESC");
        if (query.Cursor is { } cursor)
            where.Add($"(message, endpoint) {sign} ({{0}}, {{1}})", Sql.Value(cursor.Message), Sql.Value(cursor.Endpoint));
        var limit = where.Parameter(Sql.Value(query.Limit + 1));
        var end = $"WHERE {where} ORDER BY message {order}, endpoint {order} LIMIT {limit}";
        var outstanding = $"SELECT {OutstandingColumns} FROM outstanding_deliveries {end}";
        var final = $"SELECT {FinalColumns} FROM final_deliveries {end}";
        var sql = query.State switch
        {
            null => $"({outstanding}) UNION ALL ({final}) ORDER BY message {order}, endpoint {order} LIMIT {limit}",
            >= DeliveryState.Succeeded => final,
            _ => outstanding,
        };
        return ToPage(await ListAsync(sql, ToDelivery, where.Values, cancellationToken), query.Limit, static delivery => delivery.Key);
    }

    /// <summary>One more than asked for was read, to know whether there is more.</summary>
    private static Page<TItem, TCursor> ToPage<TItem, TCursor>(IReadOnlyList<TItem> read, int limit, Func<TItem, TCursor> cursorOf)
        where TCursor : struct =>
        read.Count > limit ? new Page<TItem, TCursor>([.. read.Take(limit)], cursorOf(read[limit - 1])) : new Page<TItem, TCursor>(read, null);

    public async ValueTask<IReadOnlyList<Attempt>> ListAttemptsAsync(
        DeliveryKey key, int before, int limit, CancellationToken cancellationToken = default) => await ListAsync("""
            SELECT number, started_at, duration, status, error, trigger, exchange FROM attempts
            WHERE message = $1 AND endpoint = $2 AND number < $3 ORDER BY number DESC LIMIT $4
            """, row => ToAttempt(row, key), [Sql.Value(key.Message), Sql.Value(key.Endpoint), Sql.Value(before), Sql.Value(limit)], cancellationToken);

    private async ValueTask<List<T>> ListAsync<T>(
        string sql, Func<NpgsqlDataReader, T> read, NpgsqlParameter[] values, CancellationToken cancellationToken) =>
        await _database.RunAsync(connection => connection.ListAsync(sql, read, values), cancellationToken);

    private static void AddTimes(Condition where, string column, DateTimeOffset? since, DateTimeOffset? until)
    {
        where.AddIf(since is not null, column + " >= {0}", Sql.Value(IdGenerator.LowestAt(since ?? default)));
        where.AddIf(until is not null, column + " < {0}", Sql.Value(IdGenerator.LowestAt(until ?? default)));
    }

    private static Message ToMessage(NpgsqlDataReader row) => new()
    {
        Id = row.GetGuid(0),
        Application = row.GetGuid(1),
        Uid = row.TextOrNull(2),
        EventType = row.GetString(3),
        Channels = row.Texts(4),
        Tags = row.Texts(5),
        AcceptedAt = row.Time(6),
        DeliverAt = row.TimeOrNull(7),
        ExpiresAt = row.TimeOrNull(8),
    };

    private static Message ToMessageWithPayload(NpgsqlDataReader row) => ToMessage(row) with { Payload = row.GetFieldValue<byte[]>(9) };

    private static Delivery ToDelivery(NpgsqlDataReader row) => new()
    {
        Key = new DeliveryKey(row.GetGuid(0), row.GetGuid(1)),
        Application = row.GetGuid(2),
        State = (DeliveryState)row.GetInt16(3),
        DueAt = row.TimeOrNull(4),
        Attempts = row.GetInt32(5),
        Step = row.GetInt32(6),
        Fence = row.GetInt64(7),
        Trigger = (AttemptTrigger)row.GetInt16(8),
        LastStatus = row.IntOrNull(9),
        LastError = (DeliveryError?)row.ShortOrNull(10),
        CreatedAt = row.Time(11),
        UpdatedAt = row.Time(12),
    };

    private static Attempt ToAttempt(NpgsqlDataReader row, DeliveryKey key) => new()
    {
        Key = key,
        Number = row.GetInt32(0),
        StartedAt = row.Time(1),
        Duration = TimeSpan.FromMicroseconds(row.GetInt64(2)),
        Status = row.IntOrNull(3),
        Error = (DeliveryError?)row.ShortOrNull(4),
        Trigger = (AttemptTrigger)row.GetInt16(5),
        Exchange = row.BytesOrNull(6) is { } exchange ? JsonSerializer.Deserialize(exchange, StorageJson.Default.Exchange) : null,
    };

    /// <summary>A condition whose values are parameters, never text.</summary>
    private sealed class Condition
    {
        private readonly StringBuilder _text = new();
        private readonly List<NpgsqlParameter> _values = [];

        public NpgsqlParameter[] Values => [.. _values];

        public string Parameter(NpgsqlParameter value)
        {
            _values.Add(value);
            return $"${_values.Count}";
        }

        public void Add(string condition, params NpgsqlParameter[] values)
        {
            if (_text.Length > 0)
                _text.Append(" AND ");
            _text.AppendFormat(null, condition, [.. values.Select(Parameter)]);
        }

        public void AddIf(bool isWanted, string condition, params NpgsqlParameter[] values)
        {
            if (isWanted)
                Add(condition, values);
        }

        public override string ToString() => _text.ToString();
    }
}
