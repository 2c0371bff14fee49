using System.Text.Json;
using Parley.Webhooks.Deliveries;
using Parley.Webhooks.Storage;

namespace Parley.Webhooks.Sqlite;

internal sealed partial class SqliteWebhookStore
{
    /// <summary>What is to be sent later holds up nobody; what waits for another attempt, or is being sent, does.</summary>
    internal const string ClaimInOrder = $"""
        SELECT {DeliveryColumns} FROM deliveries INDEXED BY deliveries_open
        WHERE endpoint = ?1 AND due_at IS NOT NULL AND (due_at <= ?2 OR state <> 0) ORDER BY message LIMIT ?3
        """;

    internal const string ClaimOfDue = $"""
        SELECT {DeliveryColumns}, {MessageColumns}, payload FROM deliveries INDEXED BY deliveries_due
        LEFT JOIN messages INDEXED BY messages_by_id ON messages.application = deliveries.application AND messages.id = deliveries.message
        WHERE endpoint = ?1 AND due_at <= ?2 ORDER BY due_at, message LIMIT ?3
        """;

    /// <summary>Column of <see cref="ClaimOfDue"/> where the message begins.</summary>
    private const int FirstOfMessage = 14;

    public ValueTask<Claim> ClaimAsync(ClaimRequest request, CancellationToken cancellationToken = default) =>
        WriteAsync(session => MakeClaim(session, request), cancellationToken);

    public ValueTask<bool> CompleteAsync(Completion completion, CancellationToken cancellationToken = default) =>
        WriteAsync(session => Complete(session, completion), cancellationToken);

    public ValueTask<IReadOnlyList<DeliveryKey>> RetryAsync(RetryRequest request, CancellationToken cancellationToken = default) =>
        WriteAsync<IReadOnlyList<DeliveryKey>>(session => [.. request.Keys.Where(key => Retry(session, request, key))], cancellationToken, bytes: 0);

    public ValueTask<int> CancelAsync(
        Guid endpoint, DeliveryError reason, DateTimeOffset now, int limit, CancellationToken cancellationToken = default) =>
        WriteAsync(session => Cancel(session, endpoint, reason, now, limit), cancellationToken);

    private static int Cancel(SqliteSession session, Guid endpoint, DeliveryError reason, DateTimeOffset now, int limit)
    {
        List<Delivery> found;
        using (var rows = session.Query($"""
            SELECT {DeliveryColumns} FROM deliveries INDEXED BY deliveries_due
            WHERE endpoint = ?1 AND due_at IS NOT NULL AND (state <> 1 OR due_at <= ?2) LIMIT ?3
            """, endpoint, now, limit))
        {
            found = All(rows, ToDelivery);
        }

        foreach (var delivery in found)
        {
            session.Run("""
                UPDATE deliveries SET state = 5, due_at = NULL, last_error = ?3, updated_at = ?4, fence = fence + 1, attempts = ?5
                WHERE message = ?1 AND endpoint = ?2
                """, delivery.Key.Message, delivery.Key.Endpoint, (int)reason, now,
                NoteInterruption(session, delivery));
        }

        return found.Count;
    }

    private static Claim MakeClaim(SqliteSession session, ClaimRequest request)
    {
        DateTimeOffset? blockedUntil = null;
        var claimed = request.IsOrdered ? ClaimOrdered(session, request, out blockedUntil) : ClaimDue(session, request);
        if (claimed.Count == 0 && blockedUntil is not null)
            return new Claim(claimed, blockedUntil);
        var next = session.Number(
            "SELECT min(due_at) FROM deliveries INDEXED BY deliveries_due WHERE endpoint = ?1 AND due_at IS NOT NULL", request.Endpoint);
        return new Claim(claimed, next is { } due ? DateTimeOffset.FromUnixTimeMilliseconds(due) : null);
    }

    /// <summary>One statement finds all of them with their messages, and one leases them: at full speed claims are a large part of the writer's work.</summary>
    private static List<ClaimedDelivery> ClaimDue(SqliteSession session, ClaimRequest request)
    {
        var found = FindDue(session, request);
        if (found.Count == 0)
            return found;
        foreach (var (delivery, _) in found)
            NoteInterruption(session, delivery);
        var last = found[^1].Delivery;
        // The first ones in the order of the index: all up to the last of them.
        session.Run("""
            UPDATE deliveries INDEXED BY deliveries_due
            SET state = 1, due_at = ?4, fence = fence + 1, attempts = attempts + (state = 1), step = step + (state = 1), updated_at = ?5
            WHERE endpoint = ?1 AND due_at <= ?2 AND (due_at < ?2 OR message <= ?3)
            """, request.Endpoint, last.DueAt, last.Key.Message, request.LeaseUntil, request.Now);
        return found.ConvertAll(claimed => claimed with { Delivery = Leased(claimed.Delivery, request) });
    }

    private static List<ClaimedDelivery> FindDue(SqliteSession session, ClaimRequest request)
    {
        using var rows = session.Query(ClaimOfDue, request.Endpoint, request.Now, request.Limit);
        var found = new List<ClaimedDelivery>();
        var bytes = 0L;
        while (rows.Read())
        {
            var message = rows.IsNull(FirstOfMessage) ? null : ToMessageWithPayload(rows, FirstOfMessage);
            bytes += message?.Payload.Length ?? 0;
            if (found.Count > 0 && bytes > request.MaxBytes)
                break;
            found.Add(new ClaimedDelivery(ToDelivery(rows), message));
        }

        return found;
    }

    private static List<ClaimedDelivery> ClaimOrdered(SqliteSession session, ClaimRequest request, out DateTimeOffset? blockedUntil)
    {
        var claimed = new List<ClaimedDelivery>();
        var bytes = 0L;
        foreach (var delivery in FindInOrder(session, request, out blockedUntil))
        {
            var message = FindMessage(session, delivery.Application, delivery.Key.Message, withPayload: true);
            bytes += message?.Payload.Length ?? 0;
            if (claimed.Count > 0 && bytes > request.MaxBytes)
                break;
            claimed.Add(new ClaimedDelivery(Lease(session, delivery, request), message));
        }

        return claimed;
    }

    private static List<Delivery> FindInOrder(SqliteSession session, ClaimRequest request, out DateTimeOffset? blockedUntil)
    {
        blockedUntil = null;
        using var rows = session.Query(ClaimInOrder, request.Endpoint, request.Now, request.Limit);
        var found = new List<Delivery>();
        while (rows.Read())
        {
            var delivery = ToDelivery(rows);
            if (delivery.DueAt > request.Now)
            {
                blockedUntil = delivery.DueAt;
                break;
            }

            found.Add(delivery);
        }

        return found;
    }

    private static Delivery Lease(SqliteSession session, Delivery delivery, ClaimRequest request)
    {
        NoteInterruption(session, delivery);
        var leased = Leased(delivery, request);
        session.Run("""
            UPDATE deliveries SET state = 1, due_at = ?3, fence = ?4, attempts = ?5, step = ?6, updated_at = ?7 WHERE message = ?1 AND endpoint = ?2
            """, delivery.Key.Message, delivery.Key.Endpoint, leased.DueAt,
            leased.Fence, leased.Attempts, leased.Step, leased.UpdatedAt);
        return leased;
    }

    private static Delivery Leased(Delivery delivery, ClaimRequest request)
    {
        // One that was interrupted has used a step of its schedule.
        var interrupted = delivery.State is DeliveryState.Sending ? 1 : 0;
        return delivery with
        {
            State = DeliveryState.Sending,
            DueAt = request.LeaseUntil,
            Fence = delivery.Fence + 1,
            Attempts = delivery.Attempts + interrupted,
            Step = delivery.Step + interrupted,
            UpdatedAt = request.Now,
        };
    }

    /// <summary>A lease that ran out without an outcome was an attempt.</summary>
    /// <returns>How many attempts there were with it.</returns>
    private static int NoteInterruption(SqliteSession session, Delivery delivery)
    {
        if (delivery.State is not DeliveryState.Sending)
            return delivery.Attempts;
        Add(session, new Attempt
        {
            Key = delivery.Key,
            Number = delivery.Attempts + 1,
            StartedAt = delivery.UpdatedAt,
            Error = DeliveryError.Interrupted,
            Trigger = delivery.Trigger,
        });
        return delivery.Attempts + 1;
    }

    private static bool Complete(SqliteSession session, Completion completion)
    {
        if (completion.Attempt is { } attempt)
            Add(session, attempt);
        var isTaken = session.Run("""
            UPDATE deliveries SET state = ?4, due_at = ?5, step = ?6, last_error = ?7, updated_at = ?8, waits = ?11,
                last_status = CASE WHEN ?9 > 0 THEN ?10 ELSE last_status END,
                attempts = max(attempts, ?9),
                trigger = CASE WHEN ?9 > 0 AND ?5 IS NOT NULL THEN 0 ELSE trigger END
            WHERE message = ?1 AND endpoint = ?2 AND fence = ?3 AND state = 1
            """, completion.Key.Message, completion.Key.Endpoint, completion.Fence, (int)completion.State,
            completion.DueAt, completion.Step, (int?)completion.Error, completion.Now,
            completion.Attempt?.Number ?? 0, completion.Attempt?.Status, completion.Waits) == 1;
        if (isTaken && completion.Notice is { } notice)
            Accept(session, notice);
        return isTaken;
    }

    /// <summary>What really came of an attempt takes the place of its interruption (12), and nothing else's.</summary>
    private static void Add(SqliteSession session, Attempt attempt) => session.Run("""
        INSERT INTO attempts (message, endpoint, number, started_at, duration, status, error, trigger, exchange)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
        ON CONFLICT (message, endpoint, number) DO UPDATE SET started_at = ?4, duration = ?5, status = ?6, error = ?7, trigger = ?8, exchange = ?9
            WHERE attempts.error = 12
        """, attempt.Key.Message, attempt.Key.Endpoint, attempt.Number, attempt.StartedAt,
        (long)attempt.Duration.TotalMicroseconds, attempt.Status, (int?)attempt.Error, (int)attempt.Trigger,
        attempt.Exchange is null ? null : JsonSerializer.SerializeToUtf8Bytes(attempt.Exchange, StorageJson.Default.Exchange));

    private static bool Retry(SqliteSession session, RetryRequest request, DeliveryKey key)
    {
        var (message, endpoint, application) = (key.Message, key.Endpoint, request.Application);
        if (session.Number("SELECT 1 FROM messages WHERE application = ?1 AND id = ?2", application, message) is null)
            return false;
        var (now, trigger) = (request.Now, (int)request.Trigger);
        var isRetried = request.Scope switch
        {
            RetryScope.All => session.Run("""
                UPDATE deliveries SET state = 2, due_at = ?4, step = 0, waits = 0, trigger = ?5, updated_at = ?4
                WHERE message = ?1 AND endpoint = ?2 AND application = ?3 AND state <> 1
                """, message, endpoint, application, now, trigger) == 1,
            RetryScope.Final => session.Run("""
                UPDATE deliveries SET state = 2, due_at = ?4, step = 0, waits = 0, trigger = ?5, updated_at = ?4
                WHERE message = ?1 AND endpoint = ?2 AND application = ?3 AND due_at IS NULL
                """, message, endpoint, application, now, trigger) == 1,
            RetryScope.Withheld => session.Run("""
                UPDATE deliveries SET state = 2, due_at = ?4, step = 0, waits = 0, trigger = ?5, updated_at = ?4
                WHERE message = ?1 AND endpoint = ?2 AND application = ?3 AND state = 5 AND last_error IN (14, 19)
                """, message, endpoint, application, now, trigger) == 1,
            _ => false,
        };
        return isRetried || (request.AddMissing && session.Run("""
            INSERT OR IGNORE INTO deliveries (message, endpoint, application, state, due_at, attempts, step, fence, trigger, created_at, updated_at)
            VALUES (?1, ?2, ?3, 0, ?4, 0, 0, 0, ?5, ?4, ?4)
            """, message, endpoint, application, now, trigger) == 1);
    }
}
