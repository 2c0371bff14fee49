using System.Text.Json;
using Parley.Webhooks.Deliveries;
using Parley.Webhooks.Ids;
using Parley.Webhooks.Storage;

namespace Parley.Webhooks.Sqlite;

internal sealed partial class SqliteWebhookStore
{
    private const int MaxCounted = 100_000;

    private const string DeliveryColumns =
        "message, endpoint, deliveries.application, state, due_at, attempts, step, fence, trigger, last_status, last_error, created_at, updated_at, waits";

    private const string MessageColumns = "id, messages.application, uid, event_type, channels, tags, accepted_at, deliver_at, expires_at";

    /// <summary>The endpoints with work: goes from one to the next in the index, past all deliveries of each.</summary>
    private const string EndpointsWithWork = """
        WITH RECURSIVE due (endpoint) AS (
            SELECT min(endpoint) FROM deliveries INDEXED BY deliveries_due WHERE due_at IS NOT NULL
            UNION ALL
            SELECT (SELECT min(endpoint) FROM deliveries INDEXED BY deliveries_due WHERE due_at IS NOT NULL AND endpoint > due.endpoint)
            FROM due WHERE due.endpoint IS NOT NULL)
        """;

    internal const string OldestDue = $"""
        {EndpointsWithWork}
        SELECT min((SELECT min(due_at) FROM deliveries INDEXED BY deliveries_due WHERE endpoint = due.endpoint AND due_at IS NOT NULL)) FROM due
        """;

    /// <summary>Rows that are read for one page of a list, whether they belong to it or not.</summary>
    public int MaxExamined { get; init; } = 10_000;

    public ValueTask<IReadOnlyList<DueEndpoint>> ListDueAsync(CancellationToken cancellationToken = default) =>
        QueryAsync<IReadOnlyList<DueEndpoint>>(static session =>
        {
            using var rows = session.Query($"""
                {EndpointsWithWork}
                SELECT due.endpoint, first.due_at, first.application FROM due JOIN deliveries AS first ON (first.message, first.endpoint) = (
                    SELECT message, endpoint FROM deliveries INDEXED BY deliveries_due
                    WHERE endpoint = due.endpoint AND due_at IS NOT NULL ORDER BY due_at LIMIT 1)
                """);
            return All(rows, static row => new DueEndpoint(row.Id(2), row.Id(0), row.Time(1)));
        }, cancellationToken);

    public ValueTask<Backlog> ReadBacklogAsync(DateTimeOffset now, CancellationToken cancellationToken = default) =>
        QueryAsync(session =>
        {
            var oldest = session.Number(OldestDue) is { } due && due <= now.ToUnixTimeMilliseconds() ? DateTimeOffset.FromUnixTimeMilliseconds(due) : (DateTimeOffset?)null;
            var count = session.Number(
                "SELECT count(*) FROM (SELECT 1 FROM deliveries INDEXED BY deliveries_due WHERE due_at IS NOT NULL LIMIT ?1)", MaxCounted);
            return new Backlog(oldest, (int)count!);
        }, cancellationToken);

    public ValueTask<Guid?> ReadNewestIdAsync(CancellationToken cancellationToken = default) =>
        QueryAsync(static session =>
        {
            // The last to come is not the highest when the clock was set back, but then those with deliveries tell.
            Guid?[] newest = [session.Id("SELECT id FROM messages ORDER BY number DESC LIMIT 1"), session.Id("SELECT max(message) FROM deliveries")];
            return newest.Max();
        }, cancellationToken);

    public ValueTask<Message?> ReadMessageAsync(Guid application, Guid id, CancellationToken cancellationToken = default) =>
        QueryAsync(session => FindMessage(session, application, id, withPayload: true), cancellationToken);

    public ValueTask<Page<Message, Guid>> ListMessagesAsync(MessageQuery query, CancellationToken cancellationToken = default) =>
        QueryAsync(session =>
        {
            var list = new ListStatement();
            list.Range("application = {0}", query.Application);
            if (query.Since is { } since)
                list.Range("id >= {0}", IdGenerator.LowestAt(since));
            if (query.Until is { } until)
                list.Range("id < {0}", IdGenerator.LowestAt(until));
            if (query.Cursor is { } cursor)
                list.Range(query.IsOldestFirst ? "id > {0}" : "id < {0}", cursor);
            if (query.EventType is not null)
                list.Filter("event_type = {0}", query.EventType);
            if (query.Channel is not null)
                list.Filter("EXISTS (SELECT 1 FROM json_each(channels) WHERE value = {0})", query.Channel);
            if (query.Tag is not null)
                list.Filter("EXISTS (SELECT 1 FROM json_each(tags) WHERE value = {0})", query.Tag);
            using var rows = session.Query($"""
                SELECT {list.IsWanted}, {MessageColumns} FROM messages INDEXED BY messages_by_id
                WHERE {list.IsInRange} ORDER BY id {(query.IsOldestFirst ? "ASC" : "DESC")}
                """, list.Values);
            return ReadPage(rows, query.Limit, static row => row.Id(1), static row => ToMessage(row, 1));
        }, cancellationToken);

    public ValueTask<Delivery?> ReadDeliveryAsync(DeliveryKey key, CancellationToken cancellationToken = default) =>
        QueryAsync(session =>
        {
            using var rows = session.Query($"SELECT {DeliveryColumns} FROM deliveries WHERE message = ?1 AND endpoint = ?2",
                key.Message, key.Endpoint);
            return rows.Read() ? ToDelivery(rows) : null;
        }, cancellationToken);

    public ValueTask<Page<Delivery, DeliveryKey>> ListDeliveriesAsync(DeliveryQuery query, CancellationToken cancellationToken = default) =>
        QueryAsync(session =>
        {
            var list = new ListStatement();
            var index = "";
            if (query.Message is { } message)
                list.Range("message = {0}", message);
            if (query.Endpoint is { } endpoint)
                list.Range("endpoint = {0}", endpoint);
            if (query is { Endpoint: not null, Message: null })
                index = ChooseIndex(list, query.State);
            if (query.State is { } state)
                list.Filter("state = {0}", (int)state);
            if (query.Since is { } since)
                list.Range("message >= {0}", IdGenerator.LowestAt(since));
            if (query.Until is { } until)
                list.Range("message < {0}", IdGenerator.LowestAt(until));
            var (sign, order) = query.IsOldestFirst ? ('>', "ASC") : ('<', "DESC");
            if (query.Cursor is { } cursor)
                list.Range(query.Message is null ? $"message {sign} {{0}}" : $"endpoint {sign} {{0}}", query.Message is null ? cursor.Message : cursor.Endpoint);
            using var rows = session.Query($"""
                SELECT {list.IsWanted}, {DeliveryColumns} FROM deliveries {index} WHERE {list.IsInRange} ORDER BY message {order}, endpoint {order}
                """, list.Values);
            return ReadPage(rows, query.Limit, static row => new DeliveryKey(row.Id(1), row.Id(2)), static row => ToDelivery(row, 1));
        }, cancellationToken);

    public ValueTask<IReadOnlyList<Attempt>> ListAttemptsAsync(
        DeliveryKey key, int before, int limit, CancellationToken cancellationToken = default) =>
        QueryAsync<IReadOnlyList<Attempt>>(session =>
        {
            using var rows = session.Query("""
                SELECT number, started_at, duration, status, error, trigger, exchange FROM attempts
                WHERE message = ?1 AND endpoint = ?2 AND number < ?3 ORDER BY number DESC LIMIT ?4
                """, key.Message, key.Endpoint, before, limit);
            return All(rows, row => ToAttempt(row, key));
        }, cancellationToken);

    /// <summary>Few deliveries are failed or open, and an index of an endpoint's leads past all others.</summary>
    private static string ChooseIndex(ListStatement list, DeliveryState? state)
    {
        switch (state)
        {
            case DeliveryState.Failed:
                list.Range("state = 4");
                return "INDEXED BY deliveries_failed";
            case DeliveryState.Pending or DeliveryState.Sending or DeliveryState.Waiting:
                list.Range("due_at IS NOT NULL");
                return "INDEXED BY deliveries_open";
            default:
                return "INDEXED BY deliveries_by_endpoint";
        }
    }

    /// <summary>Reads until the page is full, or enough was looked at for one.</summary>
    /// <param name="rows">The first column says whether a row belongs to the list.</param>
    /// <param name="limit">Items at most.</param>
    /// <param name="toCursor">Makes the cursor that leads past a row.</param>
    /// <param name="toItem">Reads a row.</param>
    private Page<TItem, TCursor> ReadPage<TItem, TCursor>(
        Statement rows, int limit, Func<Statement, TCursor> toCursor, Func<Statement, TItem> toItem) where TCursor : struct
    {
        var items = new List<TItem>();
        TCursor? passed = null;
        for (var examined = 0; rows.Read(); examined++)
        {
            var isWanted = rows.Flag(0);
            if (examined == MaxExamined || (isWanted && items.Count == limit))
                return new Page<TItem, TCursor>(items, passed);
            passed = toCursor(rows);
            if (isWanted)
                items.Add(toItem(rows));
        }

        return new Page<TItem, TCursor>(items, null);
    }

    private static Message? FindMessage(SqliteSession session, Guid application, Guid id, bool withPayload)
    {
        using var rows = session.Query($"SELECT {MessageColumns}, payload FROM messages WHERE application = ?1 AND id = ?2",
            application, id);
        if (!rows.Read())
            return null;
        return withPayload ? ToMessageWithPayload(rows, 0) : ToMessage(rows);
    }

    private static Message ToMessage(Statement row, int first = 0) => new()
    {
        Id = row.Id(first),
        Application = row.Id(first + 1),
        Uid = row.TextOrNull(first + 2),
        EventType = row.Text(first + 3),
        Channels = row.Texts(first + 4),
        Tags = row.Texts(first + 5),
        AcceptedAt = row.Time(first + 6),
        DeliverAt = row.TimeOrNull(first + 7),
        ExpiresAt = row.TimeOrNull(first + 8),
    };

    private static Message ToMessageWithPayload(Statement row, int first) =>
        ToMessage(row, first) with { Payload = row.Bytes(first + 9) };

    private static Delivery ToDelivery(Statement row) => ToDelivery(row, 0);

    private static Delivery ToDelivery(Statement row, int first) => new()
    {
        Key = new DeliveryKey(row.Id(first), row.Id(first + 1)),
        Application = row.Id(first + 2),
        State = (DeliveryState)row.Int(first + 3),
        DueAt = row.TimeOrNull(first + 4),
        Attempts = row.Int(first + 5),
        Step = row.Int(first + 6),
        Fence = row.Long(first + 7),
        Trigger = (AttemptTrigger)row.Int(first + 8),
        LastStatus = row.IntOrNull(first + 9),
        LastError = (DeliveryError?)row.IntOrNull(first + 10),
        CreatedAt = row.Time(first + 11),
        UpdatedAt = row.Time(first + 12),
        Waits = row.Int(first + 13),
    };

    private static Attempt ToAttempt(Statement row, DeliveryKey key) => new()
    {
        Key = key,
        Number = row.Int(0),
        StartedAt = row.Time(1),
        Duration = TimeSpan.FromMicroseconds(row.Long(2)),
        Status = row.IntOrNull(3),
        Error = (DeliveryError?)row.IntOrNull(4),
        Trigger = (AttemptTrigger)row.Int(5),
        Exchange = row.IsNull(6) ? null : JsonSerializer.Deserialize(row.Span(6), StorageJson.Default.Exchange),
    };
}
