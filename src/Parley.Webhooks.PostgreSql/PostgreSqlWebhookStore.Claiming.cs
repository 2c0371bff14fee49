using Npgsql;
using Parley.Webhooks.Deliveries;
using Parley.Webhooks.Storage;

namespace Parley.Webhooks.PostgreSql;

internal sealed partial class PostgreSqlWebhookStore
{
    /// <summary>When to ask for what is behind a head that another node is sending: it may be done long before its lease ends.</summary>
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);

    private const string LeaseStatement = """
        taken AS (SELECT * FROM sized WHERE (place = 1 OR total <= $4) AND NOT is_blocked),
        interrupted AS (
            INSERT INTO attempts (message, endpoint, number, started_at, duration, error, trigger)
            SELECT message, endpoint, attempts + 1, updated_at, 0, 12, trigger FROM taken WHERE state = 1 ON CONFLICT DO NOTHING),
        leased AS (
            UPDATE outstanding_deliveries AS delivery SET state = 1, due_at = $5, node = $6, fence = delivery.fence + 1,
                attempts = delivery.attempts + (taken.state = 1)::int, step = delivery.step + (taken.state = 1)::int, updated_at = $2
            FROM taken WHERE delivery.endpoint = $1 AND delivery.message = taken.message RETURNING delivery.*, place)
        SELECT
        """;

    private const string ClaimStatement = $"""
        WITH found AS (
            SELECT * FROM outstanding_deliveries WHERE endpoint = $1 AND due_at <= $2 ORDER BY due_at, message LIMIT $3 FOR UPDATE SKIP LOCKED),
        sized AS (
            SELECT *, row_number() OVER before AS place, sum(bytes) OVER before AS total, false AS is_blocked
            FROM found WINDOW before AS (ORDER BY due_at, message ROWS UNBOUNDED PRECEDING)),
        {LeaseStatement} {OutstandingColumns} FROM leased ORDER BY place
        """;

    // What is to be sent later holds up nobody. The numbers, not the ids, say who was accepted first: clocks of nodes differ.
    private const string ClaimInOrderStatement = $"""
        WITH found AS (
            SELECT * FROM outstanding_deliveries WHERE endpoint = $1 AND (state <> 0 OR due_at <= $2) ORDER BY number LIMIT $3 FOR UPDATE),
        sized AS (
            SELECT *, row_number() OVER before AS place, sum(bytes) OVER before AS total, bool_or(due_at > $2) OVER before AS is_blocked
            FROM found WINDOW before AS (ORDER BY number ROWS UNBOUNDED PRECEDING)),
        {LeaseStatement} {OutstandingColumns} FROM leased ORDER BY place
        """;

    public ValueTask<Claim> ClaimAsync(ClaimRequest request, CancellationToken cancellationToken = default) =>
        // In one transaction: what is leased and cannot be read would wait until its lease is over.
        _database.TransactAsync(async connection =>
        {
            var (deliveries, next) = await LeaseAsync(connection, request);
            var messages = deliveries.Count == 0 ? [] : await ReadMessagesAsync(connection, deliveries);
            return new Claim([.. deliveries.Select(delivery => new ClaimedDelivery(delivery, messages.GetValueOrDefault(delivery.Key.Message)))], next);
        }, cancellationToken);

    private async Task<(List<Delivery> Deliveries, DateTimeOffset? Next)> LeaseAsync(NpgsqlConnection connection, ClaimRequest request)
    {
        await using var batch = connection.CreateBatch();
        // One node after the other: who skipped a head that another is about to lease would overtake it.
        if (request.IsOrdered)
            batch.Add("SELECT pg_advisory_xact_lock($1)", _database.LockOf(request.Endpoint));
        batch.Add(request.IsOrdered ? ClaimInOrderStatement : ClaimStatement,
            Sql.Value(request.Endpoint), Sql.Value(request.Now), Sql.Value(request.Limit), Sql.Value((long)request.MaxBytes), Sql.Value(request.LeaseUntil),
            Sql.Value(Node));
        batch.Add("SELECT min(due_at) FROM outstanding_deliveries WHERE endpoint = $1", Sql.Value(request.Endpoint));
        if (request.IsOrdered)
        {
            batch.Add("""
                SELECT CASE WHEN state = 1 THEN least(due_at, $3) ELSE due_at END
                FROM outstanding_deliveries WHERE endpoint = $1 AND (state <> 0 OR due_at <= $2) ORDER BY number LIMIT 1
                """, Sql.Value(request.Endpoint), Sql.Value(request.Now), Sql.Value(request.Now + LookAgain));
        }

        await using var rows = await batch.ExecuteReaderAsync();
        if (request.IsOrdered)
            await rows.NextResultAsync();
        var deliveries = await Sql.AllAsync(rows, ToDelivery);
        var next = await NextTimeAsync(rows);
        if (request.IsOrdered && await NextTimeAsync(rows) is { } head && deliveries.Count == 0 && head > request.Now)
            next = head;
        return (deliveries, next);
    }

    private static async Task<DateTimeOffset?> NextTimeAsync(NpgsqlDataReader rows) =>
        await rows.NextResultAsync() && await rows.ReadAsync() ? rows.TimeOrNull(0) : null;

    private static async Task<Dictionary<Guid, Message>> ReadMessagesAsync(NpgsqlConnection connection, List<Delivery> deliveries)
    {
        var range = IdRange.Of(deliveries.Select(static delivery => delivery.Key));
        var messages = await connection.ListAsync(
            $"SELECT {MessageColumns}, payload FROM messages WHERE id = ANY ($1) AND id >= $2 AND id <= $3", ToMessageWithPayload,
            Sql.Column(deliveries, static delivery => delivery.Key.Message), Sql.Value(range.First), Sql.Value(range.Last));
        return messages.ToDictionary(static message => message.Id);
    }
}
