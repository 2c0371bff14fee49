using Npgsql;
using Parley.Webhooks.PostgreSql.Nodes;
using Parley.Webhooks.Storage;

namespace Parley.Webhooks.PostgreSql;

internal sealed partial class PostgreSqlWebhookStore
{
    /// <summary>Tells the other nodes, with the commit.</summary>
    private async Task TellAsync(NpgsqlConnection connection, string[] notifications)
    {
        if (notifications.Length > 0)
            await connection.RunAsync("SELECT pg_notify($1, text) FROM unnest($2) AS text", Sql.Value(_database.NotificationChannel), Sql.Value(notifications));
    }

    /// <summary>What this node has not taken for itself, another may have the time for.</summary>
    private void AddDueNotices(NpgsqlBatch batch, IReadOnlyList<Acceptance> acceptances)
    {
        var notifications = acceptances
            .SelectMany(static one => one.Deliveries.Where(delivery => !delivery.IsLeased && delivery.DueAt <= one.Message.AcceptedAt)
                .Select(delivery => (one.Message.Application, delivery.Endpoint)))
            .Distinct().Where(one => _dueNotices.TryTake(one.Endpoint))
            .Select(one => Notification.OfDue(Node, one.Application, one.Endpoint)).ToArray();
        if (notifications.Length > 0)
            batch.Add("SELECT pg_notify($1, text) FROM unnest($2) AS text", Sql.Value(_database.NotificationChannel), Sql.Value(notifications));
    }
}
