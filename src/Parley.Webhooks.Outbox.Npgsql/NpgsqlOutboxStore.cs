using System.Data.Common;
using Npgsql;
using Parley.Webhooks.Outbox.Storage;

namespace Parley.Webhooks.Outbox.Npgsql;

/// <summary>The outbox in a PostgreSQL database of the application's.</summary>
internal sealed class NpgsqlOutboxStore(NpgsqlDataSource source) : SqlOutboxStore
{
    /// <summary>Where commits are told of. Databases have each their own.</summary>
    public const string Channel = "parley_outbox";

    private static readonly TimeSpan CheckInterval = TimeSpan.FromMinutes(1);

    public override async Task ListenAsync(Action wake, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        connection.Notification += (_, _) => wake();
        await using var listen = new NpgsqlCommand($"LISTEN {Channel}", connection);
        await listen.ExecuteNonQueryAsync(cancellationToken);
        // What was committed while nobody listened.
        wake();
        while (true)
        {
            if (await connection.WaitAsync(CheckInterval, cancellationToken))
                continue;
            // A connection that is gone without a word is noticed by asking.
            await using var check = new NpgsqlCommand("SELECT 1", connection);
            await check.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    protected override async ValueTask<DbConnection> OpenAsync(CancellationToken cancellationToken) => await source.OpenConnectionAsync(cancellationToken);
}
