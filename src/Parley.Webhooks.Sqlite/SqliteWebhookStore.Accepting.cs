using Parley.Webhooks.Deliveries;
using Parley.Webhooks.Storage;

namespace Parley.Webhooks.Sqlite;

internal sealed partial class SqliteWebhookStore
{
    public ValueTask<AcceptResult> AcceptAsync(Acceptance acceptance, CancellationToken cancellationToken = default) =>
        WriteAsync(session => Accept(session, acceptance), cancellationToken, acceptance.Message.Payload.Length);

    private static AcceptResult Accept(SqliteSession session, Acceptance acceptance)
    {
        var message = acceptance.Message;
        if (FindEarlier(session, acceptance) is { } earlier)
            return earlier;

        var (id, application, now) = (message.Id, message.Application, message.AcceptedAt);
        session.Run("""
            INSERT INTO messages (id, application, uid, event_type, channels, tags, accepted_at, deliver_at, expires_at, payload)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
            """, id, application, message.Uid, message.EventType, SqliteValue.Of(message.Channels), SqliteValue.Of(message.Tags), now,
            message.DeliverAt, message.ExpiresAt, message.Payload);
        foreach (var delivery in acceptance.Deliveries)
        {
            session.Run("""
                INSERT INTO deliveries (message, endpoint, application, state, due_at, attempts, step, fence, trigger, created_at, updated_at)
                VALUES (?1, ?2, ?3, ?4, ?5, 0, 0, ?6, 0, ?7, ?7)
                """, id, delivery.Endpoint, application,
                (int)(delivery.IsLeased ? DeliveryState.Sending : DeliveryState.Pending), delivery.DueAt, delivery.IsLeased ? 1 : 0, now);
        }

        if (acceptance.IdempotencyKey is { } key)
        {
            session.Run("INSERT INTO idempotency (application, key, message, accepted_at) VALUES (?1, ?2, ?3, ?4)", application, key, id, now);
        }

        return new AcceptResult(AcceptOutcome.Accepted, message.Id);
    }

    private static AcceptResult? FindEarlier(SqliteSession session, Acceptance acceptance)
    {
        var message = acceptance.Message;
        var earlier = acceptance.IdempotencyKey is { } key
            ? session.Id("SELECT message FROM idempotency WHERE application = ?1 AND key = ?2", message.Application, key)
            : null;
        earlier ??= message.Uid is { } uid
            ? session.Id("SELECT id FROM messages WHERE application = ?1 AND uid = ?2", message.Application, uid)
            : null;
        if (earlier is not { } id)
            return null;

        using var rows = session.Query("SELECT event_type, payload, uid FROM messages WHERE application = ?1 AND id = ?2", message.Application, id);
        // One whose retention is over can no longer be compared.
        var isSame = !rows.Read() || (rows.Text(0) == message.EventType && message.Payload.Span.SequenceEqual(rows.Span(1))
            && rows.TextOrNull(2) == message.Uid);
        return new AcceptResult(isSame ? AcceptOutcome.Duplicate : AcceptOutcome.Conflict, id);
    }
}
