using Parley.Webhooks.Ids;
using Parley.Webhooks.Storage;

namespace Parley.Webhooks.Sqlite;

internal sealed partial class SqliteWebhookStore
{
    private static readonly TimeSpan IdempotencyRetention = TimeSpan.FromHours(24);

    public ValueTask<int> DropAsync(RetentionRequest request, CancellationToken cancellationToken = default) => WriteAsync(session =>
    {
        var dropped = DropMessages(session, request);
        if (dropped < request.Limit)
            dropped += DropAttempts(session, request, request.Limit - dropped);
        return dropped;
    }, cancellationToken);

    private static int DropMessages(SqliteSession session, RetentionRequest request)
    {
        var old = new List<(long Number, byte[] Id)>();
        using (var rows = session.Query("""
            SELECT number, id FROM messages
            WHERE accepted_at < $1 AND NOT EXISTS (SELECT 1 FROM deliveries WHERE deliveries.message = messages.id AND due_at IS NOT NULL)
                AND number <= (SELECT coalesce(max(number), 0) FROM (SELECT number FROM messages ORDER BY number LIMIT $2))
            ORDER BY number
            """, SqliteValues.Of(request.MessagesBefore), request.Limit))
        {
            while (rows.Read())
                old.Add((rows.GetInt64(0), rows.GetFieldValue<byte[]>(1)));
        }

        foreach (var (number, id) in old)
        {
            session.Run("DELETE FROM attempts WHERE message = $1", id);
            session.Run("DELETE FROM deliveries WHERE message = $1", id);
            session.Run("DELETE FROM messages WHERE number = $1", number);
        }

        return old.Count;
    }

    private static int DropAttempts(SqliteSession session, RetentionRequest request, int limit) => session.Run("""
        DELETE FROM attempts WHERE (message, endpoint, number) IN (
            SELECT attempts.message, attempts.endpoint, number FROM attempts
            JOIN deliveries ON deliveries.message = attempts.message AND deliveries.endpoint = attempts.endpoint
            WHERE attempts.message < $1 AND started_at < $2 AND due_at IS NULL LIMIT $3)
        """, SqliteValues.Of(IdGenerator.LowestAt(request.AttemptsBefore)), SqliteValues.Of(request.AttemptsBefore), limit)
        + session.Run("""
        DELETE FROM idempotency WHERE (application, key) IN (SELECT application, key FROM idempotency WHERE accepted_at < $1 LIMIT $2)
        """, SqliteValues.Of(request.AttemptsBefore - IdempotencyRetention), limit);
}
