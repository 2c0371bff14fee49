using Npgsql;
using Parley.Webhooks.Storage;

namespace Parley.Webhooks.PostgreSql.Nodes;

/// <summary>Gives the deliveries of nodes that are gone to those that are there.</summary>
internal sealed class DeadNodes(Database database, IStoreListener? listener, TimeProvider time)
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>How long a node may be without its connection: it reconnects when only that broke.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    private readonly Dictionary<int, DateTimeOffset> _missingSince = [];
    private int _isRunning;

    public async Task TryRunAsync(int self)
    {
        if (Interlocked.Exchange(ref _isRunning, 1) == 1)
            return;
        try
        {
            await RunAsync(self);
        }
        catch (Exception exception) when (exception is WebhookStoreException or ObjectDisposedException or NpgsqlException)
        {
            // The next one comes soon; leases end by themselves in any case.
        }
        finally
        {
            Volatile.Write(ref _isRunning, 0);
        }
    }

    internal async Task RunAsync(int self)
    {
        var now = time.GetUtcNow();
        var missing = await database.RunAsync(connection => connection.ListAsync("""
            SELECT node FROM nodes WHERE node <> $1 AND NOT EXISTS (
                SELECT FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2 AND granted
                    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                    AND classid = $2 AND objid = node::bigint)
            """, static row => row.GetInt32(0), Sql.Value(self), Sql.Value((long)(uint)database.LockNumber)));
        foreach (var back in _missingSince.Keys.Except(missing).ToList())
            _missingSince.Remove(back);
        foreach (var node in missing)
        {
            if (!_missingSince.TryGetValue(node, out var since))
            {
                _missingSince.Add(node, now);
            }
            else if (now - since >= Grace && await ReleaseAsync(node, self))
            {
                // What it had not taken yet is to be looked for too.
                listener?.Lost();
            }
        }
    }

    /// <summary>For a node that ends in order.</summary>
    public async Task TryReleaseAsync(int node, int self)
    {
        try
        {
            await ReleaseAsync(node, self);
        }
        catch (WebhookStoreException)
        {
            // Others notice that it is gone.
        }
    }

    /// <summary>Ends the leases of a node. Its deliveries show as interrupted, because their receivers may have them.</summary>
    private ValueTask<bool> ReleaseAsync(int node, int self) => database.TransactAsync(async connection =>
    {
        if (await connection.RunAsync("DELETE FROM nodes WHERE node = $1", Sql.Value(node)) == 0)
            return false; // another was faster
        await connection.RunAsync("UPDATE outstanding_deliveries SET due_at = $2 WHERE node = $1 AND state = 1 AND due_at > $2",
            Sql.Value(node), Sql.Value(time.GetUtcNow()));
        await connection.RunAsync("SELECT pg_notify($1, $2)", Sql.Value(database.NotificationChannel), Sql.Value(Notification.OfEverything(self)));
        return true;
    });
}
