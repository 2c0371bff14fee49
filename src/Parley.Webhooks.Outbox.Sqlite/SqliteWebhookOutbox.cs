using Microsoft.Data.Sqlite;
using Parley.Webhooks.Outbox.Enqueuing;
using Parley.Webhooks.Outbox.Storage;

namespace Parley.Webhooks.Outbox.Sqlite;

/// <summary>Writes webhook messages in the application's own SQLite transactions. Thread-safe.</summary>
public sealed class SqliteWebhookOutbox
{
    private readonly OutboxIntake _intake;
    private readonly string _connectionString;

    internal SqliteWebhookOutbox(OutboxIntake intake, string connectionString) => (_intake, _connectionString) = (intake, connectionString);

    /// <summary>Makes the tables; does nothing where they exist. For a migration of your own.</summary>
    /// <remarks>AUTOINCREMENT: a number must not be used again, for a relay that is late would delete what it did not send.</remarks>
    public static string CreateTablesSql => """
        CREATE TABLE IF NOT EXISTS parley_outbox (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            uid TEXT NOT NULL,
            application TEXT NOT NULL,
            event_type TEXT NOT NULL,
            payload BLOB NOT NULL,
            channels TEXT,
            tags TEXT,
            deliver_at INTEGER,
            expires_at INTEGER,
            enqueued_at INTEGER NOT NULL,
            attempts INTEGER NOT NULL,
            due_at INTEGER NOT NULL,
            error TEXT,
            failed_at INTEGER
        );
        CREATE INDEX IF NOT EXISTS parley_outbox_waiting ON parley_outbox (number) WHERE failed_at IS NULL;
        CREATE TABLE IF NOT EXISTS parley_outbox_lease (name TEXT PRIMARY KEY, owner TEXT NOT NULL, until INTEGER NOT NULL);
        """;

    /// <summary>Writes a message in a transaction. It is sent when the transaction was committed, and is never heard of when not.</summary>
    /// <param name="transaction">One that has not ended, of the database that <c>UseSqlite</c> names.</param>
    /// <param name="application">Id (<c>app_…</c>) or uid of the application, up to 256 characters.</param>
    /// <param name="message">The event.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The message's uid: <see cref="WebhookMessage.Uid"/>, or the one that it got here.</returns>
    /// <exception cref="WebhookException">The message could not be accepted. Nothing was written, and the transaction is as good as before.</exception>
    /// <exception cref="InvalidOperationException">The transaction has ended.</exception>
    public async Task<string> EnqueueAsync(SqliteTransaction transaction, string application, WebhookMessage message, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        var connection = transaction.Connection ?? throw new InvalidOperationException("The transaction has ended.");
        var row = _intake.Admit(application, message);
        await using var command = connection.CreateCommand();
        command.CommandText = OutboxSql.Insert;
        await OutboxSql.InsertAsync(command, row, cancellationToken);
        // SQLite tells nobody of a commit.
        _intake.Signal.Expect();
        return row.Uid;
    }

    /// <summary>Makes the tables where they do not exist.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task CreateTablesAsync(CancellationToken cancellationToken = default)
    {
        await using var connection = new SqliteConnection(_connectionString);
        await connection.OpenAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = CreateTablesSql;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
