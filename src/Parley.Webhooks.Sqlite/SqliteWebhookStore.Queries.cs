using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Parley.Webhooks.Deliveries;
using Parley.Webhooks.Ids;
using Parley.Webhooks.Storage;

namespace Parley.Webhooks.Sqlite;

internal sealed partial class SqliteWebhookStore
{
    private const int MaxCounted = 100_000;

    private const string DeliveryColumns =
        "message, endpoint, application, state, due_at, attempts, step, fence, trigger, last_status, last_error, created_at, updated_at";

    private const string MessageColumns = "id, application, uid, event_type, channels, tags, accepted_at, deliver_at, expires_at";

    public ValueTask<IReadOnlyList<DueEndpoint>> ListDueAsync(CancellationToken cancellationToken = default) =>
        ValueTask.FromResult<IReadOnlyList<DueEndpoint>>(Read(static session =>
        {
            // Goes from one endpoint to the next in the index, past all deliveries of each.
            using var rows = session.Query("""
                WITH RECURSIVE due (endpoint) AS (
                    SELECT min(endpoint) FROM deliveries INDEXED BY deliveries_due WHERE due_at IS NOT NULL
                    UNION ALL
                    SELECT (SELECT min(endpoint) FROM deliveries INDEXED BY deliveries_due WHERE due_at IS NOT NULL AND endpoint > due.endpoint)
                    FROM due WHERE due.endpoint IS NOT NULL)
                SELECT due.endpoint, first.due_at, first.application FROM due JOIN deliveries AS first ON (first.message, first.endpoint) = (
                    SELECT message, endpoint FROM deliveries INDEXED BY deliveries_due
                    WHERE endpoint = due.endpoint AND due_at IS NOT NULL ORDER BY due_at LIMIT 1)
                """);
            return All(rows, static row => new DueEndpoint(row.Id(2), row.Id(0), row.Time(1)));
        }));

    public ValueTask<Backlog> ReadBacklogAsync(DateTimeOffset now, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(Read(session =>
        {
            var oldest = session.Value("SELECT min(due_at) FROM deliveries INDEXED BY deliveries_due WHERE due_at <= $1", SqliteValues.Of(now));
            var count = session.Value(
                "SELECT count(*) FROM (SELECT 1 FROM deliveries INDEXED BY deliveries_due WHERE due_at IS NOT NULL LIMIT $1)", MaxCounted);
            return new Backlog(oldest is null ? null : DateTimeOffset.FromUnixTimeMilliseconds((long)oldest), Convert.ToInt32(count, null));
        }));

    public ValueTask<Message?> ReadMessageAsync(Guid application, Guid id, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(Read(session => FindMessage(session, application, id, withPayload: true)));

    public ValueTask<IReadOnlyList<Message>> ListMessagesAsync(MessageQuery query, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult<IReadOnlyList<Message>>(Read(session =>
        {
            var where = new Condition();
            where.Add("application = {0}", SqliteValues.Of(query.Application));
            where.AddIf(query.EventType is not null, "event_type = {0}", query.EventType);
            where.AddIf(query.Channel is not null, "EXISTS (SELECT 1 FROM json_each(channels) WHERE value = {0})", query.Channel);
            where.AddIf(query.Tag is not null, "EXISTS (SELECT 1 FROM json_each(tags) WHERE value = {0})", query.Tag);
            where.AddIf(query.Since is not null, "id >= {0}", SqliteValues.Of(IdGenerator.LowestAt(query.Since ?? default)));
            where.AddIf(query.Until is not null, "id < {0}", SqliteValues.Of(IdGenerator.LowestAt(query.Until ?? default)));
            where.AddIf(query.Cursor is not null, query.IsOldestFirst ? "id > {0}" : "id < {0}", SqliteValues.Of(query.Cursor ?? default));
            var limit = where.Parameter(query.Limit);
            using var rows = session.Query(
                $"SELECT {MessageColumns} FROM messages WHERE {where} ORDER BY id {(query.IsOldestFirst ? "ASC" : "DESC")} LIMIT {limit}", where.Values);
            return All(rows, ToMessage);
        }));

    public ValueTask<Delivery?> ReadDeliveryAsync(DeliveryKey key, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(Read(session =>
        {
            using var rows = session.Query($"SELECT {DeliveryColumns} FROM deliveries WHERE message = $1 AND endpoint = $2",
                SqliteValues.Of(key.Message), SqliteValues.Of(key.Endpoint));
            return rows.Read() ? ToDelivery(rows) : null;
        }));

    public ValueTask<IReadOnlyList<Delivery>> ListDeliveriesAsync(DeliveryQuery query, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult<IReadOnlyList<Delivery>>(Read(session =>
        {
            var where = new Condition();
            where.AddIf(query.Endpoint is not null, "endpoint = {0}", SqliteValues.Of(query.Endpoint ?? default));
            where.AddIf(query.Message is not null, "message = {0}", SqliteValues.Of(query.Message ?? default));
            // Written out, so that the index of the failed ones is used.
            where.AddIf(query.State is not null, $"state = {(int)(query.State ?? default)}");
            where.AddIf(query.Since is not null, "message >= {0}", SqliteValues.Of(IdGenerator.LowestAt(query.Since ?? default)));
            where.AddIf(query.Until is not null, "message < {0}", SqliteValues.Of(IdGenerator.LowestAt(query.Until ?? default)));
            var (sign, order) = query.IsOldestFirst ? ('>', "ASC") : ('<', "DESC");
            if (query.Cursor is { } cursor)
                where.Add($"(message, endpoint) {sign} ({{0}}, {{1}})", SqliteValues.Of(cursor.Message), SqliteValues.Of(cursor.Endpoint));
            var limit = where.Parameter(query.Limit);
            using var rows = session.Query(
                $"SELECT {DeliveryColumns} FROM deliveries WHERE {where} ORDER BY message {order}, endpoint {order} LIMIT {limit}", where.Values);
            return All(rows, ToDelivery);
        }));

    public ValueTask<IReadOnlyList<Attempt>> ListAttemptsAsync(
        DeliveryKey key, int before, int limit, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult<IReadOnlyList<Attempt>>(Read(session =>
        {
            using var rows = session.Query("""
                SELECT number, started_at, duration, status, error, trigger, exchange FROM attempts
                WHERE message = $1 AND endpoint = $2 AND number < $3 ORDER BY number DESC LIMIT $4
                """, SqliteValues.Of(key.Message), SqliteValues.Of(key.Endpoint), before, limit);
            return All(rows, row => ToAttempt(row, key));
        }));

    private static Message? FindMessage(SqliteSession session, Guid application, Guid id, bool withPayload)
    {
        using var rows = session.Query($"SELECT {MessageColumns}, payload FROM messages WHERE application = $1 AND id = $2",
            SqliteValues.Of(application), SqliteValues.Of(id));
        if (!rows.Read())
            return null;
        var message = ToMessage(rows);
        return withPayload ? message with { Payload = rows.GetFieldValue<byte[]>(9) } : message;
    }

    private static Message ToMessage(SqliteDataReader row) => new()
    {
        Id = row.Id(0),
        Application = row.Id(1),
        Uid = row.TextOrNull(2),
        EventType = row.GetString(3),
        Channels = row.Texts(4),
        Tags = row.Texts(5),
        AcceptedAt = row.Time(6),
        DeliverAt = row.TimeOrNull(7),
        ExpiresAt = row.TimeOrNull(8),
    };

    private static Delivery ToDelivery(SqliteDataReader row) => new()
    {
        Key = new DeliveryKey(row.Id(0), row.Id(1)),
        Application = row.Id(2),
        State = (DeliveryState)row.GetInt32(3),
        DueAt = row.TimeOrNull(4),
        Attempts = row.GetInt32(5),
        Step = row.GetInt32(6),
        Fence = row.GetInt64(7),
        Trigger = (AttemptTrigger)row.GetInt32(8),
        LastStatus = row.IntOrNull(9),
        LastError = (DeliveryError?)row.IntOrNull(10),
        CreatedAt = row.Time(11),
        UpdatedAt = row.Time(12),
    };

    private static Attempt ToAttempt(SqliteDataReader row, DeliveryKey key) => new()
    {
        Key = key,
        Number = row.GetInt32(0),
        StartedAt = row.Time(1),
        Duration = TimeSpan.FromMicroseconds(row.GetInt64(2)),
        Status = row.IntOrNull(3),
        Error = (DeliveryError?)row.IntOrNull(4),
        Trigger = (AttemptTrigger)row.GetInt32(5),
        Exchange = row.BytesOrNull(6) is { } exchange ? JsonSerializer.Deserialize(exchange, StorageJson.Default.Exchange) : null,
    };

    /// <summary>A condition whose values are parameters, never text.</summary>
    private sealed class Condition
    {
        private readonly StringBuilder _text = new();
        private readonly List<object?> _values = [];

        public object?[] Values => [.. _values];

        public string Parameter(object? value)
        {
            _values.Add(value);
            return $"${_values.Count}";
        }

        public void Add(string condition, params object?[] values)
        {
            if (_text.Length > 0)
                _text.Append(" AND ");
            _text.AppendFormat(null, condition, [.. values.Select(Parameter)]);
        }

        public void AddIf(bool isWanted, string condition, params object?[] values)
        {
            if (isWanted)
                Add(condition, values);
        }

        public override string ToString() => _text.ToString();
    }
}
