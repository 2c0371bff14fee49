using Parley.Webhooks.Ids;
using Parley.Webhooks.Storage;

namespace Parley.Webhooks.Sqlite;

internal sealed partial class SqliteWebhookStore
{
    private const int LookedAtPerDropped = 10;

    /// <summary>Number of the last message that was looked at in this round, so that those that must stay are not looked at again and again.</summary>
    private long _lookedAt;

    public ValueTask<bool> DropAsync(RetentionRequest request, CancellationToken cancellationToken = default) => WriteAsync(session =>
    {
        var (old, lookedAt, isEnd) = FindOld(session, request);
        foreach (var (number, id) in old)
        {
            session.Run("DELETE FROM attempts WHERE message = $1", id);
            session.Run("DELETE FROM deliveries WHERE message = $1", id);
            session.Run("DELETE FROM messages WHERE number = $1", number);
        }

        _lookedAt = isEnd ? 0 : lookedAt;
        return !isEnd || DropOthers(session, request) > 0;
    }, cancellationToken);

    private (List<(long Number, byte[] Id)> Old, long LookedAt, bool IsEnd) FindOld(SqliteSession session, RetentionRequest request)
    {
        var old = new List<(long, byte[])>();
        var before = request.MessagesBefore.ToUnixTimeMilliseconds();
        var lookedAt = _lookedAt;
        var count = 0;
        using var rows = session.Query("""
            SELECT number, id, accepted_at, EXISTS (SELECT 1 FROM deliveries WHERE deliveries.message = messages.id AND due_at IS NOT NULL)
            FROM messages WHERE number > $1 ORDER BY number
            """, _lookedAt);
        while (rows.Read())
        {
            // Numbers rise with time, so what follows is younger still.
            if (rows.GetInt64(2) >= before)
                return (old, lookedAt, true);
            if (old.Count == request.Limit || count++ == request.Limit * LookedAtPerDropped)
                return (old, lookedAt, false);
            lookedAt = rows.GetInt64(0);
            if (!rows.GetBoolean(3))
                old.Add((lookedAt, rows.GetFieldValue<byte[]>(1)));
        }

        return (old, lookedAt, true);
    }

    private static int DropOthers(SqliteSession session, RetentionRequest request)
    {
        var dropped = session.Run("""
            DELETE FROM attempts WHERE (message, endpoint, number) IN (
                SELECT attempts.message, attempts.endpoint, number FROM attempts
                JOIN deliveries ON deliveries.message = attempts.message AND deliveries.endpoint = attempts.endpoint
                WHERE attempts.message < $1 AND started_at < $2 AND due_at IS NULL LIMIT $3)
            """, SqliteValues.Of(IdGenerator.LowestAt(request.AttemptsBefore)), SqliteValues.Of(request.AttemptsBefore), request.Limit);
        dropped += session.Run("""
            DELETE FROM idempotency WHERE (application, key) IN (SELECT application, key FROM idempotency WHERE accepted_at < $1 LIMIT $2)
            """, SqliteValues.Of(request.KeysBefore), request.Limit);
        return dropped + DropResources(session, ResourceKind.Idempotency, request.KeysBefore, request.Limit)
            + DropResources(session, ResourceKind.Replay, request.AttemptsBefore, request.Limit);
    }

    private static int DropResources(SqliteSession session, ResourceKind kind, DateTimeOffset before, int limit) => session.Run("""
        DELETE FROM resources WHERE kind = $1 AND id IN (SELECT id FROM resources WHERE kind = $1 AND id < $2 LIMIT $3)
        """, (int)kind, SqliteValues.Of(IdGenerator.LowestAt(before)), limit);
}
