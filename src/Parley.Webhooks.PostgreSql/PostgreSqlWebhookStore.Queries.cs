using System.Text.Json;
using Npgsql;
using Parley.Webhooks.Deliveries;
using Parley.Webhooks.Ids;
using Parley.Webhooks.Storage;

namespace Parley.Webhooks.PostgreSql;

internal sealed partial class PostgreSqlWebhookStore
{
    private const int MaxCounted = 100_000;

    /// <summary>A page in which few rows are wanted reads so many times more rows each time.</summary>
    private const int MoreAtATime = 4;

    private const string OutstandingColumns =
        "message, endpoint, application, state, due_at, attempts, step, fence, trigger, last_status, last_error, created_at, updated_at, waits";

    /// <summary>How many columns a delivery has.</summary>
    private const int DeliveryColumns = 14;

    private const string FinalColumns =
        "message, endpoint, application, state, NULL::timestamptz AS due_at, attempts, step, fence, trigger, last_status, last_error, created_at, updated_at, 0::smallint AS waits";

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

    /// <summary>Rows that are read for one page of a list, whether they belong to it or not.</summary>
    public int MaxExamined { get; init; } = 10_000;

    public async ValueTask<IReadOnlyList<DueEndpoint>> ListDueAsync(CancellationToken cancellationToken = default) =>
        await ListAsync($"{FirstDue} SELECT application, endpoint, due_at FROM first_due",
            static row => new DueEndpoint(row.GetGuid(0), row.GetGuid(1), row.Time(2)), [], cancellationToken);

    public ValueTask<Backlog> ReadBacklogAsync(DateTimeOffset now, CancellationToken cancellationToken = default) => _database.RepeatAsync(async connection =>
    {
        var oldest = await connection.ListAsync($"{FirstDue} SELECT min(due_at) FROM first_due WHERE due_at <= $1", static row => row.TimeOrNull(0), Sql.Value(now));
        var count = await connection.ValueAsync<long>(
            "SELECT count(*) FROM (SELECT FROM outstanding_deliveries LIMIT $1) AS outstanding", Sql.Value(MaxCounted));
        return new Backlog(oldest[0], (int)count);
    }, cancellationToken);

    public ValueTask<Guid?> ReadNewestIdAsync(CancellationToken cancellationToken = default) => _database.RunAsync(
        static async connection => (await connection.ListAsync("SELECT id FROM messages ORDER BY id DESC LIMIT 1", static row => (Guid?)row.GetGuid(0))).FirstOrDefault(),
        cancellationToken);

    public async ValueTask<Message?> ReadMessageAsync(Guid application, Guid id, CancellationToken cancellationToken = default) =>
        (await ListAsync($"SELECT {MessageColumns}, payload FROM messages WHERE application = $1 AND id = $2", ToMessageWithPayload,
            [Sql.Value(application), Sql.Value(id)], cancellationToken)).SingleOrDefault();

    public ValueTask<Page<Message, Guid>> ListMessagesAsync(MessageQuery query, CancellationToken cancellationToken = default) =>
        ReadPageAsync(
            query.Limit, query.Cursor, (cursor, count) => ListMessagesAsync(query with { Cursor = cursor }, count, cancellationToken), static message => message.Id);

    public async ValueTask<Delivery?> ReadDeliveryAsync(DeliveryKey key, CancellationToken cancellationToken = default) => (await ListAsync($"""
        SELECT {OutstandingColumns} FROM outstanding_deliveries WHERE message = $1 AND endpoint = $2
        UNION ALL SELECT {FinalColumns} FROM final_deliveries WHERE message = $1 AND endpoint = $2
        """, ToDelivery, [Sql.Value(key.Message), Sql.Value(key.Endpoint)], cancellationToken)).FirstOrDefault();

    public ValueTask<Page<Delivery, DeliveryKey>> ListDeliveriesAsync(DeliveryQuery query, CancellationToken cancellationToken = default) =>
        ReadPageAsync(
            query.Limit, query.Cursor, (cursor, count) => ListDeliveriesAsync(query with { Cursor = cursor }, count, cancellationToken), static delivery => delivery.Key);

    public async ValueTask<IReadOnlyList<Attempt>> ListAttemptsAsync(
        DeliveryKey key, int before, int limit, CancellationToken cancellationToken = default) => await ListAsync("""
            SELECT number, started_at, duration, status, error, trigger, exchange FROM attempts
            WHERE message = $1 AND endpoint = $2 AND number < $3 ORDER BY number DESC LIMIT $4
            """, row => ToAttempt(row, key), [Sql.Value(key.Message), Sql.Value(key.Endpoint), Sql.Value(before), Sql.Value(limit)], cancellationToken);

    /// <summary>Reads until the page is full, or enough was looked at for one: a few rows at first, then more at a time.</summary>
    /// <param name="limit">Items at most.</param>
    /// <param name="cursor">Where it begins; null: at the start.</param>
    /// <param name="read">Reads so many rows behind a cursor, those that do not belong to the list too.</param>
    /// <param name="cursorOf">Makes the cursor that leads past a row.</param>
    private async ValueTask<Page<TItem, TCursor>> ReadPageAsync<TItem, TCursor>(
        int limit, TCursor? cursor, Func<TCursor?, int, ValueTask<List<(bool IsWanted, TItem Item)>>> read, Func<TItem, TCursor> cursorOf)
        where TCursor : struct
    {
        var items = new List<TItem>();
        var (count, left) = (limit + 1, MaxExamined);
        while (left > 0)
        {
            count = Math.Min(count, left);
            var rows = await read(cursor, count);
            foreach (var (isWanted, item) in rows)
            {
                // One more than asked for is looked for, to know whether there is more.
                if (isWanted && items.Count == limit)
                    return new Page<TItem, TCursor>(items, cursor);
                cursor = cursorOf(item);
                if (isWanted)
                    items.Add(item);
            }

            if (rows.Count < count)
                return new Page<TItem, TCursor>(items, null);
            left -= count;
            count *= MoreAtATime;
        }

        return new Page<TItem, TCursor>(items, cursor);
    }

    private ValueTask<List<(bool IsWanted, Message Item)>> ListMessagesAsync(MessageQuery query, int count, CancellationToken cancellationToken)
    {
        var list = new ListStatement();
        list.Range("application = {0}", Sql.Value(query.Application));
        AddTimes(list, "id", query.Since, query.Until);
        if (query.Cursor is { } cursor)
            list.Range(query.IsOldestFirst ? "id > {0}" : "id < {0}", Sql.Value(cursor));
        if (query.EventType is not null)
            list.Filter("event_type = {0}", Sql.Value(query.EventType));
        if (query.Channel is not null)
            list.Filter("channels IS NOT NULL AND jsonb_exists(channels, {0})", Sql.Value(query.Channel));
        if (query.Tag is not null)
            list.Filter("tags IS NOT NULL AND jsonb_exists(tags, {0})", Sql.Value(query.Tag));
        var limit = list.Parameter(Sql.Value(count));
        return ListAsync($"""
            SELECT {MessageColumns}, {list.IsWanted} FROM messages WHERE {list.IsInRange} ORDER BY id {(query.IsOldestFirst ? "ASC" : "DESC")} LIMIT {limit}
            """, static row => (row.GetBoolean(9), ToMessage(row)), list.Values, cancellationToken);
    }

    private ValueTask<List<(bool IsWanted, Delivery Item)>> ListDeliveriesAsync(DeliveryQuery query, int count, CancellationToken cancellationToken)
    {
        var list = new ListStatement();
        if (query.Endpoint is { } endpoint)
            list.Range("endpoint = {0}", Sql.Value(endpoint));
        if (query.Message is { } message)
            list.Range("message = {0}", Sql.Value(message));
        // Written out, so that the index of the failed ones is used; of the other states few or many may be of one.
        if (query.State is DeliveryState.Failed)
            list.Range($"state = {(int)DeliveryState.Failed}");
        else if (query.State is { } state)
            list.Filter($"state = {(int)state}");
        AddTimes(list, "message", query.Since, query.Until);
        var (sign, order) = query.IsOldestFirst ? ('>', "ASC") : ('<', "DESC");
        if (query.Cursor is { } cursor)
            list.Range(query.Message is null ? $"message {sign} {{0}}" : $"endpoint {sign} {{0}}", Sql.Value(query.Message is null ? cursor.Message : cursor.Endpoint));
        var limit = list.Parameter(Sql.Value(count));
        var end = $"WHERE {list.IsInRange} ORDER BY message {order}, endpoint {order} LIMIT {limit}";
        var outstanding = $"SELECT {OutstandingColumns}, {list.IsWanted} FROM outstanding_deliveries {end}";
        var final = $"SELECT {FinalColumns}, {list.IsWanted} FROM final_deliveries {end}";
        var sql = query.State switch
        {
            null => $"({outstanding}) UNION ALL ({final}) ORDER BY message {order}, endpoint {order} LIMIT {limit}",
            >= DeliveryState.Succeeded => final,
            _ => outstanding,
        };
        return ListAsync(sql, static row => (row.GetBoolean(DeliveryColumns), ToDelivery(row)), list.Values, cancellationToken);
    }

    private async ValueTask<List<T>> ListAsync<T>(
        string sql, Func<NpgsqlDataReader, T> read, NpgsqlParameter[] values, CancellationToken cancellationToken) =>
        await _database.RepeatAsync(connection => connection.ListAsync(sql, read, values), cancellationToken);

    private static void AddTimes(ListStatement list, string column, DateTimeOffset? since, DateTimeOffset? until)
    {
        if (since is { } first)
            list.Range(column + " >= {0}", Sql.Value(IdGenerator.LowestAt(first)));
        if (until is { } end)
            list.Range(column + " < {0}", Sql.Value(IdGenerator.LowestAt(end)));
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
        Waits = row.GetInt16(13),
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
}
