using System.Globalization;
using Npgsql;
using Parley.Webhooks.Storage;

namespace Parley.Webhooks.PostgreSql;

/// <summary>Makes the tables and brings older ones up to date, on one node while the others wait; refuses what does not keep its promises.</summary>
internal sealed class SchemaUpdate(Database database)
{
    private const int OldestVersion = 140_000;

    /// <exception cref="WebhookStoreException">The database cannot be used.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await database.OpenAsync(cancellationToken);
            await CheckServerAsync(connection);
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await connection.RunAsync("SELECT pg_advisory_xact_lock($1)", database.Lock(DatabaseLock.Migration));
            await MigrateAsync(connection);
            await transaction.CommitAsync(CancellationToken.None);
        }
        catch (PostgresException exception) when (PostgresErrors.Translate(exception) is WebhookStoreException { Problem: WebhookStoreProblem.Damaged } damage)
        {
            throw new WebhookStoreException(WebhookStoreProblem.Damaged,
                $"Schema {database.Schema} of {database.Target} is not as Parley made it: {exception.MessageText}. "
                + $"Restore it from a backup, or name another as {PostgreSqlOptionsCheck.Section}:Schema.", damage);
        }
        catch (NpgsqlException exception)
        {
            throw new WebhookStoreException(WebhookStoreProblem.Unavailable,
                $"{database.Target} cannot be used ({exception.Message}). Check {PostgreSqlOptionsCheck.Section}:ConnectionString, and that the server runs.", exception);
        }
    }

    private async Task CheckServerAsync(NpgsqlConnection connection)
    {
        if (int.Parse((await SettingAsync(connection, "server_version_num"))!, CultureInfo.InvariantCulture) < OldestVersion)
            throw Refused("server_version", await SettingAsync(connection, "server_version"), "PostgreSQL 14 or newer is needed");
        if (await SettingAsync(connection, "transaction_read_only") is var readOnly and not "off")
            throw Refused("transaction_read_only", readOnly, "Name the primary server, not a standby");

        // Each makes a commit that was answered one that a power failure may take back.
        foreach (var setting in new[] { "synchronous_commit", "fsync" })
        {
            if (await SettingAsync(connection, setting) is "off")
                throw Refused(setting, "off", $"What was accepted would be lost when the machine fails. Set {setting} = on");
        }
    }

    private WebhookStoreException Refused(string setting, string? value, string remedy) =>
        new(WebhookStoreProblem.Unavailable, $"{database.Target} has {setting} = \"{value}\". {remedy}.");

    private static Task<string?> SettingAsync(NpgsqlConnection connection, string name) =>
        connection.ValueAsync<string>("SELECT current_setting($1)", Sql.Value(name));

    private async Task MigrateAsync(NpgsqlConnection connection)
    {
        // Who may use a schema need not be one who may make some.
        if (!await connection.ValueAsync<bool>("SELECT to_regnamespace($1) IS NOT NULL", Sql.Value(database.Schema)))
            await connection.RunAsync($"CREATE SCHEMA {database.Schema}");
        var version = await ReadVersionAsync(connection);
        if (version > Schema.Migrations.Length)
        {
            throw new WebhookStoreException(WebhookStoreProblem.TooNew,
                $"Schema {database.Schema} of {database.Target} has version {version}, and this program knows {Schema.Migrations.Length} at most. "
                + "Use the program that wrote it, or a newer one.");
        }

        if (version == Schema.Migrations.Length)
            return;
        foreach (var migration in Schema.Migrations.Skip(version))
            await connection.RunAsync(migration);
        await connection.RunAsync("UPDATE schema_version SET version = $1", Sql.Value(Schema.Migrations.Length));
    }

    private async Task<int> ReadVersionAsync(NpgsqlConnection connection)
    {
        if (!await connection.ValueAsync<bool>("SELECT to_regclass($1) IS NOT NULL", Sql.Value($"{database.Schema}.schema_version")))
            await connection.RunAsync("CREATE TABLE schema_version (version integer NOT NULL); INSERT INTO schema_version VALUES (0)");
        return await connection.ValueAsync<int>("SELECT version FROM schema_version");
    }
}
