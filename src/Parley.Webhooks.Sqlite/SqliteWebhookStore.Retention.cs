using Parley.Webhooks.Ids;
using Parley.Webhooks.Storage;

namespace Parley.Webhooks.Sqlite;

internal sealed partial class SqliteWebhookStore
{
    internal const string OldKeys = "SELECT application, key FROM idempotency INDEXED BY idempotency_by_time WHERE accepted_at < ?1 LIMIT ?2";

    internal const string OldAttempts = """
        SELECT message, endpoint, number, length(exchange), started_at < ?5 AND NOT EXISTS (
            SELECT 1 FROM deliveries WHERE deliveries.message = attempts.message AND deliveries.endpoint = attempts.endpoint AND due_at IS NOT NULL)
        FROM attempts WHERE (message, endpoint, number) > (?1, ?2, ?3) AND message < ?4 ORDER BY message, endpoint, number LIMIT ?6
        """;

    /// <summary>Rows that are looked at for each that may be dropped, because some of them must stay.</summary>
    private const int LookedAtPerDropped = 2;

    /// <summary>What is large lies on pages of its own, each of which costs about as much as a row.</summary>
    private const int PageSize = 4096;

    private RetentionRound _round = new();

    public async ValueTask<bool> DropAsync(RetentionRequest request, CancellationToken cancellationToken = default)
    {
        var round = _round;
        var next = await WriteAsync(session => DropPart(session, request, round), cancellationToken);
        _round = next ?? new RetentionRound();
        return next is not null;
    }

    /// <returns>How far the round has come; null at its end.</returns>
    private static RetentionRound? DropPart(SqliteSession session, RetentionRequest request, RetentionRound round) => round switch
    {
        { AreMessagesDone: false } => DropMessages(session, request, round),
        { AreAttemptsDone: false } => DropAttempts(session, request, round),
        _ => DropOthers(session, request) > 0 ? round : null,
    };

    private static RetentionRound DropMessages(SqliteSession session, RetentionRequest request, RetentionRound round)
    {
        var left = request.Limit;
        var toLookAt = request.Limit * LookedAtPerDropped;
        var passed = round.Message;
        while (left > 0 && toLookAt > 0)
        {
            // Numbers rise with time, so what follows one that is young is younger still.
            if (FindMessage(session, passed) is not { } message || message.AcceptedAt >= request.MessagesBefore.ToUnixTimeMilliseconds())
                return new RetentionRound { AreMessagesDone = true };
            var (deliveries, open) = CountDeliveries(session, message.Id);
            toLookAt -= 1 + deliveries;
            if (open == 0)
            {
                // Its rows may be more than one part has. What is left of it then is a message like any other, with less to show.
                left -= DropAttempts(session, message.Id, left);
                left -= left > 0 ? DropDeliveries(session, message.Id, left) : 0;
                if (left <= 0)
                    break;
                session.Run("DELETE FROM messages WHERE number = ?1", message.Number);
                left -= 1 + message.Pages;
            }

            passed = message.Number;
        }

        return round with { Message = passed };
    }

    private static (long Number, Guid Id, long AcceptedAt, int Pages)? FindMessage(SqliteSession session, long after)
    {
        using var rows = session.Query("SELECT number, id, accepted_at, length(payload) FROM messages WHERE number > ?1 ORDER BY number LIMIT 1", after);
        return rows.Read() ? (rows.Long(0), rows.Id(1), rows.Long(2), rows.Int(3) / PageSize) : null;
    }

    private static (int All, int Open) CountDeliveries(SqliteSession session, Guid message)
    {
        using var rows = session.Query("SELECT count(*), count(due_at) FROM deliveries WHERE message = ?1", message);
        rows.Read();
        return (rows.Int(0), rows.Int(1));
    }

    private static int DropDeliveries(SqliteSession session, Guid message, int limit) => session.Run("""
        DELETE FROM deliveries WHERE (message, endpoint) IN (SELECT message, endpoint FROM deliveries WHERE message = ?1 LIMIT ?2)
        """, message, limit);

    private static int DropAttempts(SqliteSession session, Guid message, int limit)
    {
        var found = new List<OldAttempt>();
        using (var rows = session.Query(
            "SELECT message, endpoint, number, length(exchange) FROM attempts WHERE message = ?1 ORDER BY endpoint, number LIMIT ?2", message, limit))
        {
            for (var cost = 0; cost < limit && rows.Read(); cost += found[^1].Cost)
                found.Add(ToOldAttempt(rows));
        }

        Drop(session, found);
        return found.Sum(static attempt => attempt.Cost);
    }

    private static RetentionRound DropAttempts(SqliteSession session, RetentionRequest request, RetentionRound round)
    {
        var found = new List<OldAttempt>();
        var (left, toLookAt) = (request.Limit, request.Limit * LookedAtPerDropped);
        var passed = round.Attempt;
        using (var rows = session.Query(OldAttempts, passed.Message, passed.Endpoint, passed.Number,
            IdGenerator.LowestAt(request.AttemptsBefore), request.AttemptsBefore, toLookAt))
        {
            while (left > 0 && rows.Read())
            {
                toLookAt--;
                passed = ToOldAttempt(rows);
                if (!rows.Flag(4))
                    continue;
                found.Add(passed);
                left -= passed.Cost;
            }
        }

        Drop(session, found);
        return round with { Attempt = passed, AreAttemptsDone = left > 0 && toLookAt > 0 };
    }

    private static void Drop(SqliteSession session, List<OldAttempt> attempts)
    {
        foreach (var attempt in attempts)
        {
            session.Run("DELETE FROM attempts WHERE message = ?1 AND endpoint = ?2 AND number = ?3",
                attempt.Message, attempt.Endpoint, attempt.Number);
        }
    }

    private static int DropOthers(SqliteSession session, RetentionRequest request)
    {
        var dropped = session.Run($"DELETE FROM idempotency WHERE (application, key) IN ({OldKeys})", request.KeysBefore, request.Limit);
        dropped += DropResources(session, ResourceKind.Idempotency, request.KeysBefore, request.Limit - dropped);
        return dropped + DropResources(session, ResourceKind.Replay, request.AttemptsBefore, request.Limit - dropped);
    }

    /// <returns>What that has cost, in rows.</returns>
    private static int DropResources(SqliteSession session, ResourceKind kind, DateTimeOffset before, int limit)
    {
        var old = new List<Guid>();
        var cost = 0;
        using (var rows = session.Query("SELECT id, length(document) FROM resources WHERE kind = ?1 AND id < ?2 ORDER BY id LIMIT ?3",
            (int)kind, IdGenerator.LowestAt(before), limit))
        {
            for (; cost < limit && rows.Read(); cost += 1 + (rows.Int(1) / PageSize))
                old.Add(rows.Id(0));
        }

        foreach (var id in old)
            session.Run("DELETE FROM resources WHERE kind = ?1 AND id = ?2", (int)kind, id);
        return cost;
    }

    private static OldAttempt ToOldAttempt(Statement row) => new(
        row.Id(0), row.Id(1), row.Long(2), 1 + (row.IntOrNull(3) ?? 0) / PageSize);

    private readonly record struct OldAttempt(Guid Message, Guid Endpoint, long Number, int Cost);

    /// <summary>How far one round through all that is kept has come, so that what must stay is not looked at again in each part.</summary>
    private sealed record RetentionRound
    {
        /// <summary>Number of the last message that was looked at.</summary>
        public long Message { get; init; }

        public bool AreMessagesDone { get; init; }

        /// <summary>The last that was looked at.</summary>
        public OldAttempt Attempt { get; init; }

        public bool AreAttemptsDone { get; init; }
    }
}
